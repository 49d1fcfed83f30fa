/** Ticks of one axis share their digits. */
import { expect, test } from 'vitest';
import { formatAxis, formatDecimals, formatRates } from './axis-format.ts';

test('as many digits as the distance between ticks needs', () => {
  expect(formatDecimals([0, 0.5, 1, 1.5])).toEqual(['0.0', '0.5', '1.0', '1.5']);
  expect(formatDecimals([0, 0.25, 0.5])).toEqual(['0.00', '0.25', '0.50']);
  expect(formatDecimals([100, 200])).toEqual(['100', '200']);
  expect(formatDecimals([0.001, 0.01, 0.1])).toEqual(['0.001', '0.010', '0.100']);
  expect(formatDecimals([])).toEqual([]);
});

test('there is no label for half a step', () => {
  expect([1, 1.5, 1200].map(formatAxis.step)).toEqual(['1', '', '1,200']);
});

test('a rate between two powers keeps its digit', () => {
  expect(formatRates([0, 0.0025, 0.005, 0.1 + 0.2])).toEqual(['0', '2.5e-3', '5e-3', '3e-1']);
});
