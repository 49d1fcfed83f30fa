/** A plot in one sentence, for those who cannot see it. */
import { plotStrings } from '../strings/plots.ts';

export function summariseSeries(
  name: string,
  values: Float64Array,
  format: (value: number) => string,
): string {
  const first = values[0];
  const last = values[values.length - 1];
  if (first === undefined || last === undefined) return plotStrings.empty(name);
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return plotStrings.summary(name, format(first), format(last), format(lowest), format(highest));
}
