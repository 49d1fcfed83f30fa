/** The smoothed loss of a run of which some part is known by the means of its buckets only. */
import type { RunMetrics } from '../../src-shared/domain/run-metrics.ts';
import { lastIndexAtMost, type PlotPoints } from './plot-data.ts';
import { smoothSeries } from './smoothing.ts';

export type LossMeans = RunMetrics['means'];

export const NO_MEANS: LossMeans = { step: [], loss: [], steps: [] };

export interface SteppedLoss {
  readonly step: Float64Array;
  readonly loss: Float64Array;
}

/**
 * Each mean counts as often as it has steps; behind the last of them every step counts once. `x` is the step.
 * Where there are no means the result has the very steps that were given, in the same array.
 */
export function smoothedLoss({ step, loss }: SteppedLoss, means: LossMeans, weight: number): PlotPoints {
  if (means.step.length === 0) return { x: step, y: smoothSeries(loss, weight) };
  const single = lastIndexAtMost(step, means.step.at(-1) ?? 0) + 1;
  const rest = step.subarray(single);
  const counts = [...means.steps, ...new Array<number>(rest.length).fill(1)];
  const values = Float64Array.from([...means.loss, ...loss.subarray(single)]);
  return {
    x: Float64Array.from([...means.step, ...rest]),
    y: smoothSeries(values, weight, counts),
  };
}

/** The value at a place, straight between the points; NaN outside of them. */
export function valueBetween({ x, y }: PlotPoints, place: number): number {
  const before = lastIndexAtMost(x, place);
  const [from, low] = [x[before] ?? Number.NaN, y[before] ?? Number.NaN];
  if (place === from) return low;
  const [to, high] = [x[before + 1] ?? Number.NaN, y[before + 1] ?? Number.NaN];
  return low + ((high - low) * (place - from)) / (to - from);
}
