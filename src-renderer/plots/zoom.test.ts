/** Zooming by buttons must end where it began and never leave the data. */
import { expect, test } from 'vitest';
import { movedZoom, scaledZoom } from './zoom.ts';

const full = { from: 0, to: 100 };

test('halves around the middle, and back to everything', () => {
  expect(scaledZoom(full, full, 0.5)).toEqual({ from: 25, to: 75 });
  expect(scaledZoom({ from: 25, to: 75 }, full, 2)).toBeNull();
});

test('stays inside at the borders', () => {
  expect(scaledZoom({ from: 0, to: 20 }, full, 2)).toEqual({ from: 0, to: 40 });
  expect(movedZoom({ from: 70, to: 90 }, full, 1)).toEqual({ from: 80, to: 100 });
  expect(movedZoom({ from: 10, to: 30 }, full, -1)).toEqual({ from: 0, to: 20 });
});
