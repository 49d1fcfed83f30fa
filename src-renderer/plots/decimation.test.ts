/** What thinning out must never do: lose a spike, an end of the series, or the order. */
import { expect, test } from 'vitest';
import { decimateMinMax } from './decimation.ts';

const decimate = (values: number[], maxPoints: number, from = 0, to = values.length) => [
  ...decimateMinMax(Float64Array.from(values), from, to, maxPoints),
];

test('keeps everything where it fits', () => {
  expect(decimate([3, 1, 2], 4)).toEqual([0, 1, 2]);
  expect(decimate([], 4)).toEqual([]);
});

test('keeps both ends and the extremes between them', () => {
  expect(decimate([5, 1, 9, 4, 4, 4], 4)).toEqual([0, 1, 2, 5]);
});

test('keeps a single-step spike and a single-step drop wherever they stand in 100,000 steps', () => {
  for (const spike of [1, 777, 50_000, 65_535, 99_998]) {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => 2 - i / 100_000);
    values[spike] = 40;
    const drop = (spike + 4_321) % 99_000;
    values[drop] = -40;
    const kept = [...decimateMinMax(values, 0, values.length, 4000)];
    expect(kept).toContain(spike);
    expect(kept).toContain(drop);
    expect(kept.length).toBeLessThanOrEqual(4000);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
    expect([kept[0], kept.at(-1)]).toEqual([0, 99_999]);
  }
});

test('looks only at the part that is shown', () => {
  expect(decimate([99, 5, 1, 9, 4, 4, 4, 99], 4, 1, 7)).toEqual([1, 2, 3, 6]);
});

test('steps over values that are not finite', () => {
  expect(decimate([1, Number.NaN, 7, Number.NaN, 0, 2, 3], 4)).toEqual([0, 2, 4, 6]);
});
