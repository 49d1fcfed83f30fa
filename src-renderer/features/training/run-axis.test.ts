/** A run's steps on each axis. */
import { expect, test } from 'vitest';
import { axisValues, fullRange, placesOf } from './run-axis.ts';
import { stepMetric } from './sample-steps.ts';
import { mergeSteps, NO_STEPS } from './step-columns.ts';

test('axes: steps, seconds, tokens read so far', () => {
  const steps = mergeSteps(NO_STEPS, [stepMetric(1), stepMetric(2), stepMetric(3)]);
  expect([...axisValues(steps, 'step')]).toEqual([1, 2, 3]);
  expect([...axisValues(steps, 'time')]).toEqual([1, 2, 3]);
  expect([...axisValues(steps, 'tokens')]).toEqual([100, 200, 300]);
});

test('the step axis reaches to the planned end', () => {
  expect(fullRange(Float64Array.of(1, 2, 3), 'step', 80)).toEqual({ from: 1, to: 80 });
  expect(fullRange(Float64Array.of(1, 2, 3), 'time', 80)).toEqual({ from: 0, to: 3 });
});

test('a step that is not given stands between its neighbours, one behind the last at the usual distance', () => {
  const steps = mergeSteps(NO_STEPS, [2, 4, 8].map(stepMetric));
  const placeOf = placesOf(steps, Float64Array.of(20, 40, 80));
  expect([1, 2, 3, 7, 8, 10].map(placeOf)).toEqual([20, 20, 30, 70, 80, 100]);
});
