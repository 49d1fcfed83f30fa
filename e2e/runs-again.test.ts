import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDetails } from '../src-shared/domain/run.ts';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { addDemoRun } from './demo-run.ts';
import { conversation, createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('again');
afterAll(workspace.remove);

const luthier = (...args: string[]) => runLuthier(...args, '--home', workspace.home);

async function show(id: string): Promise<RunDetails> {
  const { json } = await luthier('runs', 'show', id, '--json');
  return json[0] as RunDetails;
}

const idOf = (json: readonly unknown[]) => (json[0] as Extract<TrainingEvent, { type: 'run' }>).id;
const lastOf = (json: readonly unknown[]) => json.at(-1) as Extract<TrainingEvent, { type: 'finished' }>;

describe('the demo, run again', () => {
  it('reproduces the adapter byte for byte and says so', async () => {
    const original = await addDemoRun(workspace.home);
    const again = await luthier('runs', 'again', original);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toContain("byte for byte the same as the original's");
    const id = /^Run (\S+), /.exec(again.stdout)?.[1] ?? '';
    const [before, now] = [await show(original), await show(id)];
    const adapters = [before, now].map(run => readFileSync(run.adapterPath ?? ''));
    expect(adapters[1]?.equals(adapters[0] as Buffer)).toBe(true);
    expect(now).toMatchObject({
      parent: { kind: 'again', id: original },
      parentName: before.name,
      hashes: before.hashes,
      recipe: before.recipe,
      demo: before.demo,
      repetition: {
        changedInputs: [],
        changedVersions: [],
        steps: { compared: before.stepsDone, firstDifferent: null },
        adapter: { kind: 'same', bytes: adapters[0]?.length },
      },
    });
    expect(before.children).toMatchObject([{ id, kind: 'again', status: 'completed' }]);
    const text = await luthier('runs', 'show', id);
    expect(text.stdout).toMatch(/^Repeated {2}The adapter is byte for byte the same/m);
    expect(text.stdout).toContain(`From      repeats ${before.name} (${original})`);
  });
});

describe('a run whose files have changed', () => {
  const data = join(workspace.directory, 'rows.jsonl');
  const model = join(workspace.directory, 'model.gguf');
  let original = '';
  beforeAll(async () => {
    copyFileSync(demoModel, model);
    writeFileSync(data, readFileSync(join(demoDirectory, 'train.jsonl')));
    const recipe = workspace.write(
      'changed.luthier.yaml',
      `version: 1
name: changed
model: {path: ${JSON.stringify(model)}}
dataset: {path: ${JSON.stringify(data)}, limit: 24, validation: none}
collator: {maxLength: 256}
adapter: {rank: 4, alpha: 8}
training: {epochs: 1, batchSize: 4, gradientAccumulationSteps: 1, warmupSteps: 0}
`,
    );
    const trained = await luthier('train', recipe, '--json');
    expect(trained.code, trained.stderr).toBe(0);
    original = idOf(trained.json);
    const [, ...rest] = readFileSync(data, 'utf8').split('\n');
    const other = conversation(['user', 'Which wood is the top?'], ['assistant', 'Spruce.']).trim();
    writeFileSync(data, [other, ...rest].join('\n'));
  });

  it('is refused with what has changed, and makes no run', async () => {
    const refused = await luthier('runs', 'again', original, '--json');
    expect([refused.code, refused.json[0]]).toMatchObject([
      2,
      { error: { code: 'again.inputsChanged', details: { differing: ['data', 'preparedDataset'] } } },
    ]);
    const { cause } = (refused.json[0] as { error: { cause: string } }).error;
    expect(cause).toBe(
      `Changed since the run was started: the data, the labelled examples. Written since then: ${data}.`,
    );
    expect((await show(original)).children).toEqual([]);
  });

  it('goes on where that is accepted, and says what is no longer the same', async () => {
    const again = await luthier('runs', 'again', original, '--accept-changes', '--json');
    expect(again.code, again.stderr).toBe(0);
    const { repetition } = lastOf(again.json);
    expect(repetition).toMatchObject({
      changedInputs: ['data', 'preparedDataset'],
      adapter: { kind: 'different' },
    });
    expect(repetition?.steps.firstDifferent).toBeGreaterThan(0);
    if (repetition?.adapter.kind !== 'different') throw new Error('not compared');
    expect(repetition.adapter.differing).toBeGreaterThan(0);
    expect(repetition.adapter.largestDifference).toBeGreaterThan(0);
    expect((await show(idOf(again.json))).warnings).toMatchObject([{ code: 'again.inputsChanged' }]);
  });

  it('is not compared where the adapter of the original is gone', async () => {
    const { adapterPath } = await show(original);
    const bytes = readFileSync(adapterPath ?? '');
    rmSync(adapterPath ?? '');
    const again = await luthier('runs', 'again', original, '--accept-changes', '--json');
    expect(lastOf(again.json).repetition?.adapter).toEqual({ kind: 'notCompared', reason: 'fileMissing' });
    writeFileSync(adapterPath ?? '', bytes);
  });
});

it('refuses a run that is not there', async () => {
  const unknown = await luthier('runs', 'again', 'nothing', '--json');
  expect([unknown.code, unknown.json[0]]).toMatchObject([2, { error: { code: 'run.notFound' } }]);
});
