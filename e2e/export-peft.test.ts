import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../src-shared/domain/training.ts';
import { createWorkspace, demoModel, root, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('export-peft');
afterAll(workspace.remove);

/** A Python with torch, transformers, peft and gguf; without one, the real PEFT is not asked. */
const python = process.env['LUTHIER_PEER_PYTHON'];
const qwen2 = join(root, 'src-native', 'test', 'fixtures', 'gradients', 'qwen2', 'model.gguf');

/**
 * Rows of ids that both vocabularies have, in a pattern that can be learnt; the first third is not trained.
 * Other strides give other rows: a validation row that is a training row too would be left out by the split.
 */
function rows(count: number, stride: number): string {
  const all = Array.from({ length: count }, (_, row) => {
    const ids = Array.from({ length: 18 }, (_unused, i) => 3 + ((row * 5 + i * (stride + (row % 3))) % 26));
    return JSON.stringify({ input_ids: ids, labels: ids.map((id, i) => (i < 6 ? -100 : id)) });
  });
  return `${all.join('\n')}\n`;
}

async function trainAndExport(name: string, model: string) {
  const data = workspace.write(`${name}-train.jsonl`, rows(48, 1));
  const validation = workspace.write(`${name}-valid.jsonl`, rows(8, 4));
  const recipe = workspace.write(
    `${name}.luthier.yaml`,
    `version: 1
name: ${name}
model: {path: ${JSON.stringify(model)}}
dataset: {path: ${JSON.stringify(data)}, format: tokenized, validation: {path: ${JSON.stringify(validation)}}}
collator: {maxLength: 32}
adapter: {rank: 4, alpha: 8, rsLora: true}
training: {epochs: 2, batchSize: 4, gradientAccumulationSteps: 1, warmupSteps: 0, learningRate: 1.0e-2, evaluateEverySteps: 0}
`,
  );
  const trained = await runLuthier('train', recipe, '--json', '--home', workspace.home);
  expect(trained.code, trained.stdout + trained.stderr).toBe(0);
  const events = trained.json as ({ type: string } & Evaluation)[];
  const evaluations = events.filter(({ type }) => type === 'evaluation');
  const folder = join(workspace.directory, `${name}-peft`);
  const args = [
    'export',
    String((trained.json[0] as { id: string }).id),
    '--format',
    'peft',
    '--output',
    folder,
  ];
  const exported = await runLuthier(...args, '--json', '--home', workspace.home);
  return { validation, folder, exported, args, loss: evaluations.at(-1)?.loss ?? Number.NaN };
}

describe('luthier export --format peft', () => {
  it('writes the two files of a PEFT folder, verified, and keeps what is in a folder', async () => {
    const { folder, exported, args } = await trainAndExport('demo', demoModel);
    expect(exported.code, exported.stderr + exported.stdout).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    expect(exported.json[0]).toMatchObject({
      files: [
        { path: join(folder, 'adapter_config.json') },
        { path: join(folder, 'adapter_model.safetensors') },
      ],
      verification: { sameChoice: 1 },
    });
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const again = await runLuthier(...args, '--json', '--home', workspace.home);
    expect([again.code, again.json[0]]).toMatchObject([2, { error: { code: 'export.exists' } }]);
    expect((await runLuthier(...args, '--force', '--home', workspace.home)).code).toBe(0);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it.skipIf(python === undefined).each([
    ['llama', demoModel],
    ['qwen2', qwen2],
  ])(
    'has our reported loss in the real PEFT, within 1e-4: %s',
    async (name, model) => {
      const { validation, folder, exported, loss } = await trainAndExport(name, model);
      expect(exported.code, exported.stderr + exported.stdout).toBe(0);
      const script = join(import.meta.dirname, 'references', 'peft_loss.py');
      const printed = execFileSync(python ?? '', [script, model, folder, validation], { encoding: 'utf8' });
      const theirs = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as { loss: number; base: number };
      expect(Math.abs(theirs.loss - loss)).toBeLessThan(1e-4);
      // The comparison means something only where the adapter changed the model.
      expect(Math.abs(theirs.base - loss)).toBeGreaterThan(0.1);
    },
    240_000,
  );
});
