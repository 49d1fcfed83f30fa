import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRecipe } from '../src-main/adapters/recipe/recipe-file.ts';
import type { RunDetails } from '../src-shared/domain/run.ts';
import { createWorkspace, runLuthier } from './luthier-process.ts';
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

it('refuses a run that is not there, and ids that fit several', async () => {
  const unknown = await runs('recipe', 'nothing', '--json');
  expect([unknown.code, unknown.json[0]]).toMatchObject([2, { error: { code: 'run.notFound' } }]);
  const several = await runs('recipe', 'past', '--json');
  expect([several.code, several.json[0]]).toMatchObject([2, { error: { code: 'arguments.ambiguous' } }]);
});
