import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRecipe } from '../src-main/adapters/recipe/recipe-file.ts';
import type { RunDetails } from '../src-shared/domain/run.ts';
import { conversation, createWorkspace, demoModel, runLuthier } from './luthier-process.ts';
import { addPastRuns } from './past-runs.ts';

const workspace = createWorkspace('runs-recipe');
beforeAll(() => addPastRuns(workspace.home, 2));
afterAll(workspace.remove);

const runs = (...args: string[]) => runLuthier('runs', ...args, '--home', workspace.home);

it('prints the recipe of a run, which is a recipe again with every value as it was', async () => {
  const shown = await runs('show', 'past-00001', '--json');
  const { recipe: made, hashes } = shown.json[0] as Pick<RunDetails, 'recipe' | 'hashes'>;
  // The hash tells whoever uses it later whether the model is still the same.
  const model = { ...(made['model'] as object), sha256: hashes.model };
  const recipe = { ...made, model };
  const asJson = await runs('recipe', 'past-00001', '--json');
  expect(asJson.json[0]).toEqual({ recipe });
  const printed = await runs('recipe', 'past-00001');
  expect(printed.code, printed.stderr).toBe(0);
  const loaded = loadRecipe(workspace.write('again.luthier.yaml', printed.stdout));
  expect(loaded).toMatchObject({ ok: true, value: recipe });
});

it('a run of a recipe that comes from a run names that one as its parent', async () => {
  const data = workspace.write(
    'rows.jsonl',
    conversation(['user', 'Which wood is the top of a lute?'], ['assistant', 'Spruce.']).repeat(8),
  );
  const first = workspace.write(
    'first.luthier.yaml',
    `version: 1
name: first
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(data)}, validation: none}
training: {maxSteps: 1, warmupSteps: 0, batchSize: 1, gradientAccumulationSteps: 1}
`,
  );
  const train = async (...args: string[]) => {
    const { code, json, stderr } = await runLuthier('train', ...args, '--json', '--home', workspace.home);
    expect(code, stderr).toBe(0);
    const { id } = json[0] as { id: string };
    const shown = await runs('show', id, '--json');
    return { id, ...(shown.json[0] as Pick<RunDetails, 'parent' | 'adapterPath'>) };
  };
  const original = await train(first);
  expect(original.parent).toBeNull();
  const { id, adapterPath } = original;
  const saved = workspace.write('saved.luthier.yaml', (await runs('recipe', id)).stdout);
  expect((await train(saved, '--set', 'training.learningRate=1e-3', '--wait')).parent).toEqual({
    kind: 'cloned',
    id,
  });
  const next = workspace.write('next.luthier.yaml', (await runs('recipe', id, '--continue', 'last')).stdout);
  expect((await train(next)).parent).toEqual({ kind: 'continued', id });
  expect((await train(first, '--set', `adapter.init=${adapterPath}`)).parent).toEqual({
    kind: 'continued',
    id,
  });
  await runs('delete', id);
  expect((await train(saved)).parent).toBeNull();
});

it('refuses a run that is not there, and ids that fit several', async () => {
  const unknown = await runs('recipe', 'nothing', '--json');
  expect([unknown.code, unknown.json[0]]).toMatchObject([2, { error: { code: 'run.notFound' } }]);
  const several = await runs('recipe', 'past', '--json');
  expect([several.code, several.json[0]]).toMatchObject([2, { error: { code: 'arguments.ambiguous' } }]);
});
