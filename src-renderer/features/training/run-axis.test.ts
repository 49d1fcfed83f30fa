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

test('of a long plan, the axis shows a part that what is done fills at least by an eighth', () => {
  const to = (done: number, planned: number) => fullRange(Float64Array.of(1, done), 'step', planned).to;
  expect(to(2, 192)).toBe(192);
  // 32,000 halved six times is 500, of which 82 are more than an eighth.
  expect(to(82, 32_000)).toBe(500);
  expect(to(4_000, 32_000)).toBe(32_000);
  expect(to(3_999, 32_000)).toBe(16_000);
});

test('a step that is not given stands between its neighbours, one behind the last at the usual distance', () => {
  const steps = mergeSteps(NO_STEPS, [2, 4, 8].map(stepMetric));
  const placeOf = placesOf(steps, Float64Array.of(20, 40, 80));
  expect([1, 2, 3, 7, 8, 10].map(placeOf)).toEqual([20, 20, 30, 70, 80, 100]);
});
