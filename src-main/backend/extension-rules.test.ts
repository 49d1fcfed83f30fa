/** Rates are those of transformers' schedules, by hand: half a cosine over 100 and over 200 steps. */
import { expect, test } from 'vitest';
import { parseRecipe } from '../../src-shared/recipe/faults.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { noteOfExtension, refuseExtension, whyNotRepeated, withLength } from './extension-rules.ts';

function recipe(training: object): Recipe {
  const parsed = parseRecipe({ version: 1, model: { path: '/m' }, dataset: { path: '/d' }, training });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.recipe;
}

test('epochs take the place of a number of steps, which would else decide', () => {
  const { training } = withLength(recipe({ maxSteps: 10 }), { epochs: 5 });
  expect(training).toMatchObject({ epochs: 5, maxSteps: null });
  expect(withLength(recipe({ epochs: 2 }), { maxSteps: 9 }).training).toMatchObject({ maxSteps: 9 });
});

test('says what happens to the learning rate', () => {
  const { training } = recipe({ learningRate: 1e-3, scheduler: 'cosine', warmupSteps: 0 });
  const { code, message } = noteOfExtension(training, 100, 100, 200);
  expect(code).toBe('run.extended');
  // In the middle of the longer half cosine; the last step of the shorter one is a hundredth of it from its end.
  expect(message).toContain('from 100 to 200 steps');
  expect(message).toContain('5.00e-4 in step 101, after 2.47e-7 in step 100');
  const constant = recipe({ scheduler: 'constant' });
  expect(noteOfExtension(constant.training, 100, 100, 200).message).toContain('stays as it was');
});

test('is refused where nothing would be added, or nothing is there to add to', () => {
  const run = { name: 'r', plannedSteps: 100 };
  expect(refuseExtension(run, 100, 100)?.code).toBe('extend.notLonger');
  expect(refuseExtension(run, 150, 0)?.code).toBe('extend.noCheckpoint');
  expect(refuseExtension(run, 101, 50)).toBeNull();
});

test('says why the recipe of an extended run gives another adapter, where it does', () => {
  const extended = [{ code: 'run.extended', message: '' }];
  const why = (training: object, warnings: typeof extended) =>
    whyNotRepeated('lute', recipe(training).training, warnings);
  expect(why({ scheduler: 'cosine' }, [])).toBeNull();
  expect(why({ scheduler: 'constant' }, extended)).toBeNull();
  expect(why({ scheduler: 'linear' }, extended)).toMatch(/^lute was extended .* learning rates/);
  expect(why({ scheduler: 'constant', earlyStoppingPatience: 2 }, extended)).toContain('early stopping');
});
