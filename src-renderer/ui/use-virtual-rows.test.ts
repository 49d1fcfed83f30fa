/** The last of a million rows must be reachable, and stand in the window. */
import { expect, test } from 'vitest';
import { windowOf } from './use-virtual-rows.ts';

test('a short list: rows stand at their own height', () => {
  const { first, last, heightPx, topOf } = windowOf(100, 28, 280, 280);
  expect(heightPx).toBe(2800);
  expect(first).toBe(2);
  expect(last).toBe(28);
  expect(topOf(10)).toBe(280);
});

test('a million rows: scrolled to the end, the last row ends where the list ends', () => {
  const viewPx = 500;
  const { heightPx } = windowOf(1_000_000, 28, 0, viewPx);
  const top = heightPx - viewPx;
  const { first, last, topOf } = windowOf(1_000_000, 28, top, viewPx);
  expect(last).toBe(1_000_000);
  expect(topOf(999_999) + 28).toBeCloseTo(heightPx, 3);
  expect(last - first).toBeLessThan(50);
});

test('a million rows: half way down is the middle row', () => {
  const { heightPx } = windowOf(1_000_000, 28, 0, 500);
  const { first, last } = windowOf(1_000_000, 28, (heightPx - 500) / 2, 500);
  expect(first).toBeLessThan(500_000);
  expect(last).toBeGreaterThan(499_990);
});
