/** Merging must neither lose nor double a step, and must not change what an older view shows. */
import { expect, test } from 'vitest';
import { lastIndexAtMost } from '../../plots/plot-data.ts';
import { stepMetric } from './sample-steps.ts';
import { column, mergeSteps, NO_STEPS } from './step-columns.ts';

const steps = (columns: Parameters<typeof column>[0]) => [...column(columns, 'step')];

test('appends in order', () => {
  const columns = mergeSteps(mergeSteps(NO_STEPS, [stepMetric(1), stepMetric(2)]), [stepMetric(3)]);
  expect(steps(columns)).toEqual([1, 2, 3]);
});

test('a step that arrives twice stands once, with the newer values', () => {
  const first = mergeSteps(NO_STEPS, [stepMetric(1), stepMetric(2), stepMetric(3)]);
  const second = mergeSteps(first, [{ ...stepMetric(3), loss: 7 }, stepMetric(4)]);
  expect(steps(second)).toEqual([1, 2, 3, 4]);
  expect([...column(second, 'loss')].slice(2, 3)).toEqual([7]);
});

test('rows out of order are sorted in', () => {
  const columns = mergeSteps(mergeSteps(NO_STEPS, [stepMetric(5)]), [
    stepMetric(2),
    stepMetric(9),
    stepMetric(1),
  ]);
  expect(steps(columns)).toEqual([1, 2, 5, 9]);
});

test('an older view keeps its rows while the newer one grows past the spare room', () => {
  const older = mergeSteps(NO_STEPS, [{ ...stepMetric(1), loss: 4 }]);
  let newer = older;
  for (let step = 2; step <= 2000; step++) newer = mergeSteps(newer, [stepMetric(step)]);
  expect(steps(older)).toEqual([1]);
  expect([...column(older, 'loss')]).toEqual([4]);
  expect(newer.length).toBe(2000);
  expect(column(newer, 'step')[1999]).toBe(2000);
});

test('replacing a row leaves the older view as it was', () => {
  const older = mergeSteps(NO_STEPS, [{ ...stepMetric(1), loss: 4 }]);
  mergeSteps(older, [{ ...stepMetric(1), loss: 9 }]);
  expect([...column(older, 'loss')]).toEqual([4]);
});

test('finds the last value at or below', () => {
  const values = Float64Array.of(1, 3, 3, 8);
  expect([0, 1, 3, 7.9, 8, 99].map(value => lastIndexAtMost(values, value))).toEqual([-1, 0, 2, 2, 3, 3]);
});
