/** The steps of the part that the plots show: asked for anew where the whole curve leaves some of them out. */
import { useMemo } from 'react';
import type { RunMetrics } from '../../../src-shared/domain/run-metrics.ts';
import { useAnswer } from '../../backend-client/use-answer.ts';
import { WHOLE_CURVE } from '../../plots/curve-question.ts';
import type { Axis, Zoom } from '../../plots/plot-data.ts';
import { lastIndexAtMost } from '../../plots/plot-data.ts';
import type { LossMeans } from '../../plots/smoothed-loss.ts';
import type { Extremes, RunState } from './run-state.ts';
import { lastValue, mergeSteps, rowsBehind, type StepColumns, stepsOf } from './step-columns.ts';

/** Zooming by the wheel of a mouse or by keys makes many ranges, of which the last counts. */
const ASK_AFTER_MS = 120;

export interface ShownPart {
  readonly steps: StepColumns;
  /** Reach back to the run's beginning, so that smoothing does not begin anew at the border. */
  readonly means: LossMeans;
  readonly extremes: Extremes;
}

export function useShownPart(run: RunState, axis: Axis, zoom: Zoom | null): ShownPart {
  const isAsked = zoom !== null && run.means.step.length > 0 && run.record !== null;
  const id = run.record?.id ?? '';
  const answer = useAnswer(
    'runs.metrics',
    isAsked ? { ...WHOLE_CURVE, id, axis, from: zoom.from, to: zoom.to } : null,
    ASK_AFTER_MS,
  );
  const part = isAsked && !answer.isPending ? answer.value : null;
  return useMemo(() => (part === null ? run : shownPart(run, part)), [run, part]);
}

/** Pure, for tests: a part in place of what is known of it, with the events that came since where it reaches them. */
export function shownPart(run: RunState, part: RunMetrics): ShownPart {
  const known = stepsOf(part.steps);
  const first = part.steps.step[0] ?? 1;
  const last = lastValue(known, 'step') ?? 0;
  const earlier = lastIndexAtMost(Float64Array.from(run.means.step), first - 1) + 1;
  const join = (name: keyof LossMeans) => [...run.means[name].slice(0, earlier), ...part.means[name]];
  return {
    steps: last >= run.recorded.lastStep ? mergeSteps(known, rowsBehind(run.steps, last)) : known,
    means: { step: join('step'), loss: join('loss'), steps: join('steps') },
    extremes: part.extremes,
  };
}
