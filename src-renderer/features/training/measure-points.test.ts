/** A curve of which only extremes are known must keep its spikes, and go on with the steps that come. */
import { expect, test } from 'vitest';
import { measurePoints } from './measure-points.ts';
import { placesOf } from './run-axis.ts';
import { stepMetric } from './sample-steps.ts';
import { column, mergeSteps, NO_STEPS } from './step-columns.ts';

const NO_MEANS = { step: [], loss: [], steps: [] };

test('every step where all are known', () => {
  const steps = mergeSteps(NO_STEPS, [1, 2, 3].map(stepMetric));
  const x = column(steps, 'step');
  const points = measurePoints(
    { part: { steps, means: NO_MEANS, extremes: {} }, x, placeOf: placesOf(steps, x) },
    'loss',
  );
  expect([...points.step]).toEqual([1, 2, 3]);
  expect([...points.y]).toEqual([2, 2, 2]);
});

test('extremes at their places, between the steps that are known, then the steps behind them', () => {
  const steps = mergeSteps(NO_STEPS, [1, 64, 65, 66].map(stepMetric));
  const seconds = Float64Array.from(column(steps, 'elapsedMs'), ms => ms / 1000);
  const extremes = { loss: { step: [1, 17, 30, 64], value: [2, 42, 0.5, 2] } };
  const points = measurePoints(
    { part: { steps, means: NO_MEANS, extremes }, x: seconds, placeOf: placesOf(steps, seconds) },
    'loss',
  );
  expect([...points.step]).toEqual([1, 17, 30, 64, 65, 66]);
  expect([...points.x]).toEqual([1, 17, 30, 64, 65, 66]);
  expect([...points.y]).toEqual([2, 42, 0.5, 2, 2, 2]);
});
