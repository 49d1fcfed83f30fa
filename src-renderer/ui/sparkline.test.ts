import { expect, test } from 'vitest';
import { sparklinePath } from './sparkline.tsx';

test('runs from left to right with the lowest value at the bottom', () => {
  expect(sparklinePath([3, 1, 2])).toBe('M0 2L50 18L100 10');
});

test('is level where all values are the same', () => {
  expect(sparklinePath([1, 1])).toBe('M0 10L100 10');
});
