/** Where a run's steps stand on the horizontal axis. Pure. */
import type { Axis, Zoom } from '../../plots/plot-data.ts';
import { column, type StepColumns } from './step-columns.ts';

/** Ascending: step numbers, seconds since the start, or tokens read so far. */
export function axisValues(steps: StepColumns, axis: Axis): Float64Array {
  if (axis === 'step') return column(steps, 'step');
  if (axis === 'time') return column(steps, 'elapsedMs').map(elapsedMs => elapsedMs / 1000);
  let total = 0;
  return column(steps, 'tokens').map(tokens => {
    total += tokens;
    return total;
  });
}

/** The whole axis: steps reach at least to the planned end, time and tokens to their last point. */
export function fullRange(x: Float64Array, axis: Axis, plannedSteps: number): Zoom {
  const last = x[x.length - 1] ?? 0;
  if (axis === 'step') return { from: Math.min(1, last), to: Math.max(last, plannedSteps, 2) };
  return { from: 0, to: Math.max(last, 1) };
}
