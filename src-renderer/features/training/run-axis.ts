/** Where a run's steps stand on the horizontal axis. Pure. */
import { type Axis, lastIndexAtMost, type Zoom } from '../../plots/plot-data.ts';
import { column, type StepColumns } from './step-columns.ts';

/** Ascending: step numbers, seconds since the start, or tokens read so far. */
export function axisValues(steps: StepColumns, axis: Axis): Float64Array {
  if (axis === 'step') return column(steps, 'step');
  if (axis === 'time') return column(steps, 'elapsedMs').map(elapsedMs => elapsedMs / 1000);
  return column(steps, 'tokensTotal');
}

/**
 * Where any step stands: between the steps that are known, straight between their places; one behind the last follows
 * at the usual distance.
 */
export function placesOf(steps: StepColumns, x: Float64Array): (step: number) => number {
  const stepNumbers = column(steps, 'step');
  return step => {
    const row = lastIndexAtMost(stepNumbers, step);
    if (row < 0) return x[0] ?? 0;
    const from = row + 1 < stepNumbers.length ? row : row - 1;
    const place = x[row] ?? 0;
    const distance = (x[from + 1] ?? place) - (x[from] ?? place);
    const apart = (stepNumbers[from + 1] ?? 0) - (stepNumbers[from] ?? 0) || 1;
    const beyond = step - (stepNumbers[row] ?? step);
    return beyond === 0 ? place : place + (beyond * distance) / apart;
  };
}

/** Steps of a plan that fit an axis from the first one on. */
const SHORT_PLAN = 200;
/** What is done fills at least this share of the axis. */
const LEAST_SHARE = 1 / 8;

/**
 * The whole axis: steps reach to the planned end, or halfway to it, again and again, while what is done would be a line
 * at the left; time and tokens reach to their last point.
 */
export function fullRange(x: Float64Array, axis: Axis, plannedSteps: number): Zoom {
  const last = x[x.length - 1] ?? 0;
  if (axis === 'step') return { from: Math.min(1, last), to: Math.max(last, reach(plannedSteps, last), 2) };
  return { from: 0, to: Math.max(last, 1) };
}

function reach(plannedSteps: number, done: number): number {
  let to = plannedSteps;
  while (to > SHORT_PLAN && done < to * LEAST_SHARE) to = Math.ceil(to / 2);
  return to;
}
