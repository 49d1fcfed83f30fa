// What the tests of the native addon share: opening, batches, comparisons.
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type * as Native from '../binding.d.ts';
import type {
  MicroBatch,
  Model,
  NamedTensor,
  OptimizerStep,
  Result,
  Trainer,
  TrainerOptions,
} from '../binding.d.ts';

export const native = createRequire(import.meta.url)('../../build/native/luthier.node') as typeof Native;
native.setLogLevel('none');

export interface LabelledRow {
  readonly inputIds: readonly number[];
  readonly labels: readonly number[];
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

export function errorOf<T>(result: Result<T>): Native.NativeError {
  if (result.ok) throw new Error('expected an error');
  return result.error;
}

export async function openModel(path: string, vocabularyOnly = false, device?: string): Promise<Model> {
  return unwrap(await native.Model.open(path, { vocabularyOnly, device: device ?? null }));
}

export function trainerOptions(model: Model, options: Partial<TrainerOptions> = {}): TrainerOptions {
  return {
    rank: 4,
    alpha: 8,
    rsLora: false,
    targetModules: model.info.targetModules,
    lastLayers: null,
    seed: 1,
    initialAdapter: null,
    dropout: 0,
    neftuneAlpha: 0,
    threads: Math.min(2, availableParallelism()),
    gradientCheckpointing: false,
    ...options,
  };
}

export async function openTrainer(model: Model, options: Partial<TrainerOptions> = {}): Promise<Trainer> {
  return unwrap(await native.Trainer.create(model, trainerOptions(model, options)));
}

export const adamw: OptimizerStep = {
  optimizer: 'adamw',
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

/** Rows padded on the right to the longest, one sequence each. */
export function padBatch(
  rows: readonly LabelledRow[],
  length = Math.max(...rows.map(row => row.inputIds.length)),
): MicroBatch {
  const count = rows.length * length;
  const batch = {
    batchSize: rows.length,
    length,
    inputIds: new Int32Array(count),
    labels: new Int32Array(count).fill(-100),
    positionIds: new Int32Array(count),
    sequenceIds: new Int32Array(count).fill(-1),
  };
  for (const [index, row] of rows.entries()) {
    batch.inputIds.set(row.inputIds, index * length);
    batch.labels.set(row.labels, index * length);
    batch.positionIds.set(Array.from(row.inputIds.keys()), index * length);
    batch.sequenceIds.fill(index, index * length, index * length + row.inputIds.length);
  }
  return batch;
}

/** Rows one after the other in a single row, each a sequence of its own. */
export function packBatch(rows: readonly LabelledRow[]): MicroBatch {
  return {
    batchSize: 1,
    length: rows.reduce((sum, row) => sum + row.inputIds.length, 0),
    inputIds: Int32Array.from(rows.flatMap(row => row.inputIds)),
    labels: Int32Array.from(rows.flatMap(row => row.labels)),
    positionIds: Int32Array.from(rows.flatMap(row => Array.from(row.inputIds.keys()))),
    sequenceIds: Int32Array.from(rows.flatMap((row, index) => row.inputIds.map(() => index))),
  };
}

/** Reproducible numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A row of random tokens of which about half are trained. */
export function randomRow(random: () => number, length: number, vocabularySize: number): LabelledRow {
  const inputIds = Array.from({ length }, () => Math.floor(random() * vocabularySize));
  const labels = inputIds.map(id => (random() < 0.5 ? id : -100));
  labels[length - 1] = inputIds[length - 1] ?? 0;
  return { inputIds, labels };
}

/** max |a − b| / max |b|. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? 0)));
    largest = Math.max(largest, Math.abs(expected[i] ?? 0));
  }
  return largest === 0 ? difference : difference / largest;
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  if (aa === 0 || bb === 0) return aa === bb ? 1 : 0;
  return dot / Math.sqrt(aa * bb);
}

/** Rows of random byte tokens. */
export function randomRows(seed: number, lengths: readonly number[]): LabelledRow[] {
  const random = seededRandom(seed);
  return lengths.map(length => randomRow(random, length, 256));
}

/** Gives B values, so that every gradient is non-zero. */
export function shake(trainer: Trainer, seed = 3): void {
  const random = seededRandom(seed);
  unwrap(
    trainer.setParameters(
      trainer
        .parameters()
        .map(tensor => ({ ...tensor, data: tensor.data.map(x => x + (random() - 0.5) / 4) })),
    ),
  );
}

/** The largest relative error over the tensors. */
export function worstDifference(a: readonly NamedTensor[], b: readonly NamedTensor[]): number {
  return Math.max(...a.map((tensor, i) => relativeError(tensor.data, b[i]?.data ?? [])));
}
