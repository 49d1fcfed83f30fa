/** What the page knows of one run: the backend's record merged with the events since. Pure. */
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type { Repetition } from '../../../src-shared/domain/repetition.ts';
import { isUnderWay, type RunDetails, type RunStatus } from '../../../src-shared/domain/run.ts';
import type { RunMetrics } from '../../../src-shared/domain/run-metrics.ts';
import type {
  Checkpoint,
  DemoScore,
  Evaluation,
  FinishedEvent,
  RunError,
  TrainingEvent,
} from '../../../src-shared/domain/training.ts';
import { type LossMeans, NO_MEANS } from '../../plots/smoothed-loss.ts';
import { lastValue, mergeSteps, NO_STEPS, rowsBehind, type StepColumns, stepsOf } from './step-columns.ts';

export interface Sample {
  readonly step: number;
  readonly prompt: string;
  readonly text: string;
}

export interface RunWarning {
  readonly code: string;
  readonly message: string;
}

export type Extremes = RunMetrics['extremes'];

export type RunRecord = Omit<RunDetails, 'evaluations' | 'checkpoints' | 'samples' | 'warnings'>;

export interface RunState {
  /** The backend's record without its series; null until it has been read. */
  readonly record: RunRecord | null;
  /** Those of the record's steps that its answer gave, then every step that events told of. */
  readonly steps: StepColumns;
  /** Sums up the record's steps where `steps` leaves some of them out; else empty. */
  readonly means: LossMeans;
  /** What the record's curves consist of where `steps` leaves some of them out; else empty. */
  readonly extremes: Extremes;
  /** The record's steps: how many, and the last one's number. */
  readonly recorded: { readonly count: number; readonly lastStep: number };
  readonly evaluations: readonly Evaluation[];
  readonly checkpoints: readonly Checkpoint[];
  readonly samples: readonly Sample[];
  readonly warnings: readonly RunWarning[];
  readonly finished: FinishedEvent | null;
}

export const UNKNOWN_RUN: RunState = {
  record: null,
  steps: NO_STEPS,
  means: NO_MEANS,
  extremes: {},
  recorded: { count: 0, lastStep: 0 },
  evaluations: [],
  checkpoints: [],
  samples: [],
  warnings: [],
  finished: null,
};

/** Applies one delivery of events, in order. An event that was applied before changes nothing. */
export function applyEvents(state: RunState, events: readonly TrainingEvent[]): RunState {
  let next = state;
  let i = 0;
  while (i < events.length) {
    const event = events[i];
    if (event?.type === 'step') {
      const steps = [];
      for (let e = events[i]; e?.type === 'step'; e = events[++i]) {
        if (e.step > next.recorded.lastStep) steps.push(e);
      }
      next = { ...next, steps: mergeSteps(next.steps, steps) };
    } else {
      if (event) next = applyEvent(next, event);
      i++;
    }
  }
  return next;
}

function applyEvent(state: RunState, event: Exclude<TrainingEvent, { type: 'step' }>): RunState {
  switch (event.type) {
    case 'run':
      // A start, or a resumption that takes back the steps behind its checkpoint: the record is read anew.
      return {
        ...UNKNOWN_RUN,
        record: state.record && { ...state.record, status: 'running', plannedSteps: event.steps },
      };
    case 'evaluation':
      return { ...state, evaluations: mergeByStep(state.evaluations, [event]) };
    case 'checkpoint':
      return { ...state, checkpoints: mergeByStep(state.checkpoints, [event]) };
    case 'sample':
      return { ...state, samples: addNew(state.samples, [event], sampleKey) };
    case 'warning':
      return { ...state, warnings: addNew(state.warnings, [event], warningKey) };
    case 'finished':
      return { ...state, finished: event };
    default:
      return assertNever(event);
  }
}

/**
 * Takes over the backend's record. Its curve is complete up to its last step; events that arrived while
 * it was on its way go on from there.
 */
export function mergeRecord(state: RunState, details: RunDetails, metrics: RunMetrics): RunState {
  const { evaluations, checkpoints, samples, warnings, ...record } = details;
  const known = stepsOf(metrics.steps);
  const lastStep = lastValue(known, 'step') ?? 0;
  return {
    ...state,
    record,
    steps: mergeSteps(known, rowsBehind(state.steps, lastStep)),
    means: metrics.means,
    extremes: metrics.extremes,
    recorded: { count: metrics.total, lastStep },
    evaluations: mergeByStep(evaluations, state.evaluations),
    // Older ones that the record lacks have been removed since their event.
    checkpoints: mergeByStep(
      checkpoints,
      state.checkpoints.filter(({ step }) => step > (checkpoints.at(-1)?.step ?? 0)),
    ),
    samples: addNew(samples, state.samples, sampleKey),
    warnings: addNew(warnings, state.warnings, warningKey),
  };
}

/** Null until the record has been read. The event that ends a run outruns the record. */
export function statusOf(state: RunState): RunStatus | null {
  return state.finished?.status ?? state.record?.status ?? null;
}

/** Stopped to be resumed. */
export function isPaused(state: RunState): boolean {
  if (statusOf(state) !== 'stopped') return false;
  return state.finished ? state.finished.paused === true : state.record?.paused === true;
}

export function isActive(status: RunStatus | null): boolean {
  return status !== null && isUnderWay(status);
}

export function stepsDone(state: RunState): number {
  return lastValue(state.steps, 'step') ?? 0;
}

export function errorOf(state: RunState): RunError | null {
  return state.finished?.error ?? state.record?.error ?? null;
}

/** Faults that lie in the recipe and the data, which a resumption has to leave as they are: it would meet them again. */
const FAULTS_OF_INPUTS: ReadonlySet<string> = new Set([
  'loss.notFinite',
  'gradient.notFinite',
  'training.noValidation',
  'device.unsupportedOperation',
]);

export function endsAgain(state: RunState): boolean {
  return FAULTS_OF_INPUTS.has(errorOf(state)?.code ?? '');
}

export function adapterPathOf(state: RunState): string | null {
  return state.finished?.adapterPath ?? state.record?.adapterPath ?? null;
}

export function bestAdapterPathOf(state: RunState): string | null {
  return state.finished?.bestAdapterPath ?? state.record?.bestAdapterPath ?? null;
}

export function demoScoreOf(state: RunState): DemoScore | null {
  return state.finished?.demo ?? state.record?.demo ?? null;
}

/** Of a run that repeats another one, when it is over. */
export function repetitionOf(state: RunState): Repetition | null {
  return state.finished?.repetition ?? state.record?.repetition ?? null;
}

function mergeByStep<T extends { readonly step: number }>(
  known: readonly T[],
  newer: readonly T[],
): readonly T[] {
  const byStep = new Map(known.map(item => [item.step, item]));
  for (const item of newer) byStep.set(item.step, item);
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

function addNew<T>(known: readonly T[], newer: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const keys = new Set(known.map(keyOf));
  const added = newer.filter(item => !keys.has(keyOf(item)));
  return added.length === 0 ? known : [...known, ...added];
}

function sampleKey({ step, prompt }: Sample): string {
  return `${step} ${prompt}`;
}

function warningKey(warning: RunWarning): string {
  return `${warning.code} ${warning.message}`;
}
