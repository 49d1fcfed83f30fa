/** An ETA is shown only once it means something. Steps take one second here unless said otherwise. */
import { expect, test } from 'vitest';
import { forecastRemainingMs, stepTimeMs } from './forecast.ts';
import { stepMetric } from './sample-steps.ts';
import { mergeSteps, NO_STEPS } from './step-columns.ts';

const run = (elapsed: number[]) =>
  mergeSteps(
    NO_STEPS,
    elapsed.map((elapsedMs, i) => ({ ...stepMetric(i + 1), elapsedMs })),
  );
const steady = (count: number) => run(Array.from({ length: count }, (_, i) => (i + 1) * 1000));

test('says nothing after a few steps', () => expect(forecastRemainingMs(steady(6), 80)).toBeNull());

test('multiplies the steps to go by their mean time', () => {
  expect(forecastRemainingMs(steady(10), 80)).toBe(70_000);
});

test('says nothing while the pace changes', () => {
  // Seven steps of 1 s, then three of 3 s: the window of nine has a mean of 15/9 s, its newer half of 2.5 s.
  const changing = run([1000, 2000, 3000, 4000, 5000, 6000, 7000, 10_000, 13_000, 16_000]);
  expect(forecastRemainingMs(changing, 80)).toBeNull();
});

test('is never below zero', () => expect(forecastRemainingMs(steady(10), 8)).toBe(0));

test('step time needs two steps', () => {
  expect(stepTimeMs(steady(1))).toBeNull();
  expect(stepTimeMs(steady(3))).toBe(1000);
});

test('counts steps, also those that are not given', () => {
  // A long history gives few of its steps: here one in four, which took 4 s together.
  const some = mergeSteps(
    NO_STEPS,
    Array.from({ length: 10 }, (_, i) => stepMetric(4 * (i + 1))),
  );
  expect(stepTimeMs(some)).toBe(1000);
  expect(forecastRemainingMs(some, 100)).toBe(60_000);
});
