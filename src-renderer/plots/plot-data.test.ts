/** The step from series to what is drawn. */
import { expect, test } from 'vitest';
import { MAX_POINTS, nearestIndex, plotData, visibleRows } from './plot-data.ts';

const points = (x: number[], y: number[]) => ({ x: Float64Array.from(x), y: Float64Array.from(y) });

test('a zoom shows its rows and one neighbour on each side', () => {
  const x = Float64Array.of(10, 20, 30, 40, 50, 60);
  expect(visibleRows(x, { from: 25, to: 45 })).toEqual({ from: 1, to: 5 });
  expect(visibleRows(x, { from: 0, to: 100 })).toEqual({ from: 0, to: 6 });
});

test('a value that is not finite is a gap, never a zero', () => {
  expect(plotData([points([1, 2, 3], [2, Number.NaN, 2])], null).series[0]).toEqual([2, null, 2]);
});

test('series with places of their own share an axis without breaking one another', () => {
  expect(plotData([points([1, 2, 3], [5, 6, 7]), points([2, 9], [1, 4])], null)).toEqual({
    x: [1, 2, 3, 9],
    series: [
      [5, 6, 7, undefined],
      [undefined, 1, undefined, 4],
    ],
  });
});

test('every point of a sparse series and every spike of a long one is drawn', () => {
  const count = 100_000;
  const long = points(
    Array.from({ length: count }, (_, i) => i + 1),
    Array.from({ length: count }, (_, i) => (i === 70_000 ? 50 : 2)),
  );
  const { x, series } = plotData([long, points([31_337, 77_777], [1.5, 1.4])], null);
  expect(x.length).toBeLessThanOrEqual(MAX_POINTS + 2);
  expect(series[0]?.[x.indexOf(70_001)]).toBe(50);
  expect(series[1]?.[x.indexOf(31_337)]).toBe(1.5);
  expect(series[1]?.[x.indexOf(77_777)]).toBe(1.4);
});

test('the nearest entry, also before the first and behind the last', () => {
  const values = Float64Array.of(1, 10, 20);
  expect([0, 4, 6, 14, 99].map(value => nearestIndex(values, value))).toEqual([0, 0, 1, 1, 2]);
  expect(nearestIndex(new Float64Array(), 3)).toBe(-1);
});
