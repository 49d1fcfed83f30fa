/** Labels rows in this process, with the real vocabulary, template engine and pipeline. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { labelRow } from '../src-main/pipeline/label-row.ts';
import { type Labeller, openLabeller } from '../src-main/processes/preparer/open-labeller.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { Row } from '../src-shared/domain/conversation.ts';
import type { LabelledExample } from '../src-shared/domain/labels.ts';
import { parseRecipe } from '../src-shared/recipe/faults.ts';
import { root } from './luthier-process.ts';

export const nativeDirectory = join(root, 'build', 'native');

/** The folder `models` of the llama.cpp source that set-up unpacks; null in a checkout without it. */
export const llamaModels = findLlamaModels();

function findLlamaModels(): string | null {
  const build = join(root, 'build');
  const name = existsSync(build)
    ? readdirSync(build).find(entry => entry.startsWith('llama.cpp-'))
    : undefined;
  const models = name === undefined ? null : join(build, name, 'models');
  return models !== null && existsSync(models) ? models : null;
}

export function vocabulary(name: string): string {
  return join(llamaModels ?? '', `ggml-vocab-${name}.gguf`);
}

interface Overrides {
  readonly template?: object;
  readonly masking?: object;
  readonly collator?: object;
}

/** 2026-01-02, so that templates which print a date print this one. */
const NOW = Date.UTC(2026, 0, 2) / 1000;

export async function openTestLabeller(model: string, overrides: Overrides = {}): Promise<Labeller> {
  const parsed = parseRecipe({
    version: 1,
    model: { path: model },
    dataset: { path: 'unused.jsonl' },
    ...overrides,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return orThrow(await openLabeller(parsed.recipe, 'messages', nativeDirectory, NOW));
}

type RowContent = Row extends infer R
  ? R extends Row
    ? Omit<R, 'row' | 'line' | 'findings'>
    : never
  : never;

export function label(labeller: Labeller, content: RowContent): LabelledExample {
  return labelRow({ row: 0, line: 1, findings: [], ...content } as Row, labeller.options)[0];
}

/** The text of each run of trained tokens. */
export function trainedTexts(labeller: Labeller, example: LabelledExample): string[] {
  const runs: number[][] = [];
  example.labels.forEach((id, i) => {
    if (id === -100) return;
    if (i > 0 && example.labels[i - 1] !== -100) runs.at(-1)?.push(id);
    else runs.push([id]);
  });
  return runs.map(ids => {
    const pieces = labeller.options.tokenizer.pieces(Int32Array.from(ids));
    return Buffer.from(pieces.bytes).toString('utf8');
  });
}
