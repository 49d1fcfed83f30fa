/** Rates by hand: a straight line from 1e-3 to 0 over all steps. */
import { expect, test } from 'vitest';
import { askForExtension } from './extension.ts';

const recipe = (training: object) => ({
  training: {
    epochs: 2,
    maxSteps: null,
    learningRate: 1e-3,
    scheduler: 'linear',
    warmupSteps: 0,
    ...training,
  },
});

test('epochs make steps as they did so far, and the rate is that of the longer run', () => {
  const question = askForExtension({ recipe: recipe({}), plannedSteps: 100 }, 100);
  expect(question).toMatchObject({ unit: 'epochs', now: 2, first: 3 });
  const extension = question?.extensionTo(4);
  expect(extension).toMatchObject({ length: { epochs: 4 }, steps: 200 });
  expect(extension?.rates?.before).toBeCloseTo(1e-5, 12);
  expect(extension?.rates?.next).toBeCloseTo(5e-4, 12);
  expect(question?.extensionTo(2)).toBeNull();
  expect(question?.extensionTo(Number.NaN)).toBeNull();
});

test('a run of so many steps is asked for steps', () => {
  const question = askForExtension(
    { recipe: recipe({ maxSteps: 30, scheduler: 'constant' }), plannedSteps: 30 },
    30,
  );
  expect(question).toMatchObject({ unit: 'steps', now: 30, first: 45 });
  expect(question?.extensionTo(40)).toEqual({ length: { maxSteps: 40 }, steps: 40, rates: null });
  expect(question?.extensionTo(40.5)).toBeNull();
});

test('a record of another version asks nothing', () => {
  expect(askForExtension({ recipe: {}, plannedSteps: 3 }, 3)).toBeNull();
});
