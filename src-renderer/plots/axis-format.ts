/** How places on the axes of the plots are written. */
import { formatCount, formatLarge } from '../format/numbers.ts';
import { formatElapsed } from '../format/times.ts';
import type { Axis } from './plot-data.ts';

export const formatAxis = {
  /** There is no half step to label. */
  step: step => (Number.isInteger(step) ? formatCount(step) : ''),
  time: seconds => formatElapsed(seconds * 1000),
  tokens: formatLarge,
} as const satisfies Record<Axis, (value: number) => string>;

const MOST_DIGITS = 8;

/** With as many digits as the distance between ticks needs: 0.5, 1.0, 1.5. */
export function formatDecimals(values: readonly number[]): readonly string[] {
  const distances = values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? 0)));
  const digits = digitsOf(distances.length > 0 ? Math.min(...distances) : (values[0] ?? 0));
  return values.map(value => value.toFixed(digits));
}

/** Learning rates: 0, 2.5e-3, 5e-3. */
export function formatRates(rates: readonly number[]): readonly string[] {
  return rates.map(rate => (rate === 0 ? '0' : Number(rate.toPrecision(3)).toExponential()));
}

/** Digits behind the point that write `value` without rounding: 0.25 → 2. */
function digitsOf(value: number): number {
  for (let digits = 0; digits < MOST_DIGITS; digits++) {
    const scaled = value * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled) && Math.round(scaled) > 0)
      return digits;
  }
  return MOST_DIGITS;
}
