/** A run's events in reading order, newest first, each with the step it belongs to. */
import type { Resumption } from '../../../src-shared/domain/run.ts';
import type { RunError } from '../../../src-shared/domain/training.ts';
import { lastIndexAtMost } from '../../plots/plot-data.ts';
import { errorOf, isActive, isPaused, type RunState, statusOf, stepsDone } from './run-state.ts';
import { column, type StepColumns } from './step-columns.ts';

export type LogEntry =
  | { readonly kind: 'started'; readonly step: 1 }
  | { readonly kind: 'epoch'; readonly step: number; readonly epoch: number }
  | {
      readonly kind: 'evaluation';
      readonly step: number;
      readonly loss: number;
      readonly isBest: boolean;
      readonly isKept: boolean;
    }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | { readonly kind: 'sample'; readonly step: number; readonly prompt: string; readonly text: string }
  | { readonly kind: 'notFinite'; readonly step: number }
  /** `extended`: a run that goes on for longer than it was meant to. */
  | { readonly kind: 'warning' | 'extended'; readonly step: null; readonly message: string }
  /** `step`: the last one that was done before. */
  | { readonly kind: 'resumed'; readonly step: number; readonly at: string }
  | { readonly kind: 'completed' | 'stopped' | 'paused' | 'interrupted'; readonly step: number }
  | { readonly kind: 'failed'; readonly step: number; readonly error: RunError | null };

export function buildLog(run: RunState): readonly LogEntry[] {
  const kept = new Set(run.checkpoints.map(checkpoint => checkpoint.step));
  const evaluated = new Set(run.evaluations.map(evaluation => evaluation.step));
  let best = Number.POSITIVE_INFINITY;
  const entries: LogEntry[] = [
    ...(run.steps.length > 0 ? [{ kind: 'started', step: 1 } as const] : []),
    ...epochEnds(run.steps).map(end => ({ kind: 'epoch', ...end }) as const),
    ...run.evaluations.map(({ step, loss }) => {
      const isBest = loss < best;
      best = Math.min(best, loss);
      return { kind: 'evaluation', step, loss, isBest, isKept: kept.has(step) } as const;
    }),
    ...run.checkpoints
      .filter(checkpoint => !evaluated.has(checkpoint.step))
      .map(({ step }) => ({ kind: 'checkpoint', step }) as const),
    ...run.samples.map(sample => ({ ...sample, kind: 'sample' }) as const),
    ...notFiniteSteps(run).map(step => ({ kind: 'notFinite', step }) as const),
    ...(run.record?.resumptions ?? NEVER_RESUMED).map(
      ({ at, fromStep }) => ({ kind: 'resumed', step: fromStep, at }) as const,
    ),
  ];
  entries.sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
  const status = statusOf(run);
  const step = Math.max(stepsDone(run), ...notFiniteSteps(run));
  if (status === 'failed') entries.push({ kind: 'failed', step, error: errorOf(run) });
  else if (status !== null && !isActive(status) && status !== 'draft' && status !== 'running') {
    entries.push({ kind: isPaused(run) ? 'paused' : status, step });
  }
  const warnings = run.warnings.map(({ code, message }) => {
    const kind = code === 'run.extended' ? 'extended' : 'warning';
    return { kind, step: null, message } as const;
  });
  return [...warnings, ...entries].reverse();
}

const NEVER_RESUMED: readonly Resumption[] = [];

export function isProblem(entry: LogEntry): boolean {
  return ['notFinite', 'warning', 'failed', 'interrupted'].includes(entry.kind);
}

export interface EpochEnd {
  readonly step: number;
  readonly epoch: number;
}

/** More of them hide what happened between. */
const MOST_EPOCH_ENDS = 20;

/**
 * The step that completes each epoch; of many short ones every second, fifth, tenth and so on. A step's `epoch` is the
 * fraction done after it.
 */
export function epochEnds(steps: StepColumns): readonly EpochEnd[] {
  const epochs = column(steps, 'epoch');
  const last = Math.floor((epochs[epochs.length - 1] ?? 0) + ROUNDING);
  const every = roundStride(last / MOST_EPOCH_ENDS);
  const ends: EpochEnd[] = [];
  for (let epoch = every; epoch <= last; epoch += every) {
    const index = lastIndexAtMost(epochs, epoch - ROUNDING) + 1;
    if (index < steps.length) ends.push({ step: stepAtEpoch(steps, index, epoch), epoch });
  }
  return ends;
}

/** The least of 1, 2, 5, 10, 20, 50, … that is not below. */
function roundStride(atLeast: number): number {
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) if (digit * power >= atLeast) return digit * power;
  }
}

/** In the row, or straight between it and the row before where steps between them are not given. */
function stepAtEpoch({ buffers }: StepColumns, row: number, epoch: number): number {
  const [step = 0, done = 0] = [buffers.step[row], buffers.epoch[row]];
  const [before = 0, doneBefore = 0] = [buffers.step[row - 1], buffers.epoch[row - 1]];
  const share = (epoch - ROUNDING - doneBefore) / (done - doneBefore);
  return Math.min(step, Math.max(before + 1, Math.ceil(before + share * (step - before))));
}

/** The fraction is a quotient; a sum of them may end a hair below the whole. */
const ROUNDING = 1e-6;

/**
 * Where the loss or the gradient was not finite. The trainer stops there, so its step has no metrics: it
 * is the one behind the last, and the run's error names the cause.
 */
export function notFiniteSteps(run: RunState): readonly number[] {
  const loss = column(run.steps, 'loss');
  const steps: number[] = [];
  for (let i = 0; i < loss.length; i++) {
    if (!Number.isFinite(loss[i])) steps.push(run.steps.buffers.step[i] ?? 0);
  }
  if (/not_?finite/i.test(errorOf(run)?.code ?? '') && steps.length === 0) steps.push(stepsDone(run) + 1);
  return steps;
}
