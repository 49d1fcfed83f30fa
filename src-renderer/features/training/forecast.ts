/** How long a run still takes, once its pace is steady enough to say so. */
import { column, type StepColumns } from './step-columns.ts';

const WINDOW_STEPS = 20;
const FEWEST_STEPS = 6;
/** The newer half of the window may differ from the whole by this share. */
const STEADY_WITHIN = 0.25;

/** Mean time of the last steps, null before the second step. */
export function stepTimeMs(steps: StepColumns): number | null {
  const elapsed = column(steps, 'elapsedMs');
  const window = Math.min(WINDOW_STEPS, elapsed.length - 1);
  return window >= 1 ? meanStepMs(elapsed, window) : null;
}

/** Null while fewer than seven steps are done, or while the pace still changes. */
export function forecastRemainingMs(steps: StepColumns, plannedSteps: number): number | null {
  const elapsed = column(steps, 'elapsedMs');
  const window = Math.min(WINDOW_STEPS, elapsed.length - 1);
  if (window < FEWEST_STEPS) return null;
  const overall = meanStepMs(elapsed, window);
  const recent = meanStepMs(elapsed, Math.floor(window / 2));
  if (Math.abs(recent - overall) > STEADY_WITHIN * overall) return null;
  const done = steps.buffers.step[steps.length - 1] ?? 0;
  return Math.max(0, plannedSteps - done) * overall;
}

function meanStepMs(elapsed: Float64Array, steps: number): number {
  const last = elapsed.length - 1;
  return ((elapsed[last] ?? 0) - (elapsed[last - steps] ?? 0)) / steps;
}
