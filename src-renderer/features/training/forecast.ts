/** How long a run still takes, once its pace is steady enough to say so. */
import { lastIndexAtMost } from '../../plots/plot-data.ts';
import { column, lastValue, type StepColumns } from './step-columns.ts';

const WINDOW_STEPS = 20;
const FEWEST_STEPS = 6;
/** The newer half of the window may differ from the whole by this share. */
const STEADY_WITHIN = 0.25;

/** Mean time of the last steps, null before the second step. */
export function stepTimeMs(steps: StepColumns): number | null {
  return meanStepMs(steps, WINDOW_STEPS)?.ms ?? null;
}

/** Null while fewer than seven steps are done, or while the pace still changes. */
export function forecastRemainingMs(steps: StepColumns, plannedSteps: number): number | null {
  const overall = meanStepMs(steps, WINDOW_STEPS);
  if (overall === null || overall.steps < FEWEST_STEPS) return null;
  const recent = meanStepMs(steps, Math.floor(overall.steps / 2));
  if (recent === null || Math.abs(recent.ms - overall.ms) > STEADY_WITHIN * overall.ms) return null;
  const done = lastValue(steps, 'step') ?? 0;
  return Math.max(0, plannedSteps - done) * overall.ms;
}

/** Over the last `window` steps, fewer at the beginning; steps that are not given lie between those that are. */
function meanStepMs(
  columns: StepColumns,
  window: number,
): { readonly ms: number; readonly steps: number } | null {
  const [step, elapsed] = [column(columns, 'step'), column(columns, 'elapsedMs')];
  const last = columns.length - 1;
  if (last < 1) return null;
  const from = Math.min(last - 1, Math.max(0, lastIndexAtMost(step, (step[last] ?? 0) - window)));
  const steps = (step[last] ?? 0) - (step[from] ?? 0);
  return { ms: ((elapsed[last] ?? 0) - (elapsed[from] ?? 0)) / steps, steps };
}
