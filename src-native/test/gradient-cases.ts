// The cases of fixtures/gradients: a model, an adapter, a batch, and float64 references of loss and gradient.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { MicroBatch, NamedTensor, Trainer, TrainerOptions } from '../binding.d.ts';
import { cosine, openModel, openTrainer, relativeError } from './support.ts';

export const casesFolder = fileURLToPath(new URL('./fixtures/gradients/', import.meta.url));

export interface GradientCase {
  readonly architecture: string;
  readonly adapter: { readonly file: string; readonly rank: number; readonly alpha: number };
  readonly batchSize: number;
  readonly length: number;
  readonly inputIds: number[];
  readonly labels: number[];
  readonly positionIds: number[];
  readonly sequenceIds: number[];
  readonly trainedTokens: number;
  readonly references: readonly Reference[];
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly offset: number;
  }[];
}

export interface Reference {
  readonly base: 'f32' | 'f16' | 'bf16' | 'quantized';
  readonly model: string;
  readonly gradients: string;
  /** Of all tensors in the model's file. */
  readonly weightTypes: readonly string[];
  readonly lossSum: number;
  readonly gradNorm: number;
}

export const cases = readdirSync(casesFolder).map(name => ({
  name,
  content: JSON.parse(readFileSync(`${casesFolder}${name}/case.json`, 'utf8')) as GradientCase,
}));
export const variants = cases.flatMap(({ name, content }) =>
  content.references.map(reference => ({ name, base: reference.base, content, reference })),
);
export function variantOf(name: string, base: Reference['base']) {
  const found = variants.find(variant => variant.name === name && variant.base === base);
  if (!found) throw new Error(`no case ${name} (${base})`);
  return found;
}

export function batchOf(content: GradientCase): MicroBatch {
  return {
    batchSize: content.batchSize,
    length: content.length,
    inputIds: Int32Array.from(content.inputIds),
    labels: Int32Array.from(content.labels),
    positionIds: Int32Array.from(content.positionIds),
    sequenceIds: Int32Array.from(content.sequenceIds),
  };
}

export function readReference(
  name: string,
  content: GradientCase,
  reference: Reference,
): Map<string, Float32Array> {
  const bytes = new Uint8Array(readFileSync(`${casesFolder}${name}/${reference.gradients}`)).buffer;
  return new Map(
    content.tensors.map(({ name, shape, offset }) => [
      name,
      new Float32Array(
        bytes,
        offset,
        shape.reduce((a, b) => a * b),
      ),
    ]),
  );
}

export async function openCase(
  name: string,
  content: GradientCase,
  reference: Reference,
  options: Partial<TrainerOptions> & { readonly device?: string } = {},
): Promise<Trainer> {
  const { device, ...rest } = options;
  const model = await openModel(`${casesFolder}${name}/${reference.model}`, false, device);
  const trainer = await openTrainer(model, {
    rank: content.adapter.rank,
    alpha: content.adapter.alpha,
    initialAdapter: `${casesFolder}${name}/${content.adapter.file}`,
    ...rest,
  });
  model.dispose(); // the trainer keeps the weights
  return trainer;
}

/** The worst tensor of the gradient: relative error and 1 − cosine. */
export function worstOf(gradients: readonly NamedTensor[], reference: Map<string, Float32Array>) {
  let error = 0;
  let angle = 0;
  expect(gradients.map(({ name }) => name).sort()).toEqual([...reference.keys()].sort());
  for (const { name, data } of gradients) {
    const wanted = reference.get(name) ?? new Float32Array();
    error = Math.max(error, relativeError(data, wanted));
    angle = Math.max(angle, 1 - cosine(data, wanted));
  }
  return { error, angle };
}
