/** Expected values are worked out by hand from the recurrence. */
import { expect, test } from 'vitest';
import { smoothSeries } from './smoothing.ts';

const smooth = (values: number[], weight: number) => [...smoothSeries(Float64Array.from(values), weight)];

test('the first value is itself at any weight: no pull to zero', () => {
  expect(smooth([3], 0)).toEqual([3]);
  expect(smooth([3], 0.99)[0]).toBeCloseTo(3, 10);
});

test('follows the debiased recurrence', () => {
  // average: 1, then 0.5·1 + 0.5·4 = 2.5, then 0.5·2.5 + 0.5·6 = 4.25; divided by 1/2, 3/4, 7/8
  const [first, second, third] = smooth([2, 4, 6], 0.5);
  expect(first).toBeCloseTo(2, 10);
  expect(second).toBeCloseTo(2.5 / 0.75, 10);
  expect(third).toBeCloseTo(4.25 / 0.875, 10);
});

test('weight 0 changes nothing', () => expect(smooth([2, 9, 4], 0)).toEqual([2, 9, 4]));

test('a constant stays what it is', () => {
  for (const value of smooth(new Array(50).fill(1.25), 0.9)) expect(value).toBeCloseTo(1.25, 10);
});

test('a value that is not finite does not spoil the rest', () => {
  const [first, gap, third] = smooth([2, Number.NaN, 4], 0.5);
  expect(first).toBeCloseTo(2, 10);
  expect(gap).toBeNaN();
  expect(third).toBeCloseTo(2.5 / 0.75, 10);
});

test('a value that counts n times is as good as n equal ones', () => {
  const each = smooth([4, 4, 4, 1, 1, 7], 0.8);
  const together = smoothSeries(Float64Array.of(4, 1, 7), 0.8, [3, 2, 1]);
  for (const [i, last] of [2, 4, 5].entries()) expect(together[i]).toBeCloseTo(each[last] ?? 0, 12);
});
