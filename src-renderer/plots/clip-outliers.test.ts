/** A clip must show the body of a curve, and own up to everything that it hides. */
import { expect, test } from 'vitest';
import { clipOutliers } from './clip-outliers.ts';

const flat = (count: number) => Array.from({ length: count }, (_, i) => 1 + (i % 10) / 10);
const places = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test('hides a single spike and names its place and height', () => {
  const values = flat(200);
  values[149] = 90;
  const clip = clipOutliers({ x: places(200), series: [values] });
  expect(clip).toMatchObject({ hidden: 1, farthest: { at: 150, value: 90 } });
  expect(clip?.high).toBeLessThan(3);
  expect(clip?.low).toBe(1);
});

test('counts over all series, and skips gaps', () => {
  const first: (number | null)[] = flat(200);
  first[3] = 50;
  first[4] = null;
  const second: (number | undefined)[] = flat(200);
  second[5] = -70;
  second[6] = undefined;
  expect(clipOutliers({ x: places(200), series: [first, second] })).toMatchObject({
    hidden: 2,
    farthest: { at: 6, value: -70 },
  });
});

test('hides nothing of an even curve, of few points, or of none', () => {
  expect(clipOutliers({ x: places(200), series: [flat(200)] })).toBeNull();
  expect(clipOutliers({ x: [1, 2, 3], series: [[1, 1, 900]] })).toBeNull();
  expect(clipOutliers({ x: [], series: [] })).toBeNull();
});
