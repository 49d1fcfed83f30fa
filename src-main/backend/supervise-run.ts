/** A run while it runs: its trainer, its events, its history, and how it ends. */
import { join } from 'node:path';
import type { CodedError, Outcome } from '../../src-shared/contract/coded-error.ts';
import type { RunParent } from '../../src-shared/domain/run.ts';
import type { RunLogHead } from '../../src-shared/domain/run-log.ts';
import type {
  Checkpoint,
  DemoScore,
  FinishedEvent,
  RunError,
  TrainingEvent,
} from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { Prepared, Progress } from '../pipeline/job-results.ts';
import { compareWithOriginal } from './again/compare-with-original.ts';
import type { BackendParts } from './backend-parts.ts';
import type { Lease } from './compute-lease.ts';
import type { TrainingEnd } from './ports.ts';
import { RunRecorder } from './run-recorder.ts';
import { sample } from './sample-answers.ts';

export interface LaunchOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Aborting before the run exists cancels the preparation; afterwards it stops the run and keeps it. */
  readonly signal: AbortSignal;
  /** The run that a new one comes from. */
  readonly parent?: RunParent;
  /** Looks at what was prepared for a new run before it exists. */
  readonly refuse?: (prepared: Prepared) => CodedError | null;
  /** What stays with a new run beside what preflight let through. */
  readonly warningsOf?: (
    prepared: Prepared,
  ) => readonly { readonly code: string; readonly message: string }[];
  /** The device, where the caller holds it already; it is released in any case. */
  readonly lease?: Lease;
  /** Scores a finished adapter before the run is called finished; for the demo. */
  readonly score?: (adapterPath: string, signal: AbortSignal) => Promise<Outcome<DemoScore>>;
}

export interface SupervisedRun {
  readonly id: string;
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  readonly parent: RunParent | null;
  /** The checkpoint to go on from, and the training time that it holds; null where the run begins at step 1. */
  readonly from: (Checkpoint & { readonly elapsedMs: number }) | null;
  readonly isResumed: boolean;
  readonly isExtended?: boolean;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** Why a run is asked to stop: the reason of its `AbortController`. */
export const PAUSE = 'pause';

export function runDirectoryOf(parts: BackendParts, recipe: Recipe, id: string): string {
  return join(recipe.output.directory ?? join(parts.home, 'runs'), id);
}

/**
 * Trains a run that the history calls running, and releases the lease at the end. Resolves when everything
 * about it is in the history; never rejects.
 */
export function superviseRun(
  parts: BackendParts,
  run: SupervisedRun,
  options: LaunchOptions,
  lease: Lease,
): Promise<FinishedEvent> {
  const { id, recipe, prepared, from } = run;
  const { steps } = prepared.report.totals;
  const directory = runDirectoryOf(parts, recipe, id);
  const stop = new AbortController();
  const recorder = new RunRecorder(parts.store, id, parts.now, () => stop.abort());
  const log = parts.runLogs.open(
    directory,
    () => logHeadOf(parts, id),
    parts.now,
    reason =>
      emit({ type: 'warning', code: 'run.diaryNotWritten', message: `The run's diary ends here: ${reason}` }),
  );
  let stepsDone = from?.step ?? 0;
  const emit = (event: TrainingEvent) => {
    if (event.type === 'step') stepsDone = event.step;
    recorder.add(event);
    if (event.type !== 'run' || run.isResumed) log.add(event);
    if (event.type === 'checkpoint') recorder.setCheckpoints(parts.checkpoints.list(directory));
    options.onEvent?.(event);
    parts.events.publish(id, event);
  };
  const requestStop = () => stop.abort();
  if (options.signal.aborted) requestStop();
  else options.signal.addEventListener('abort', requestStop, { once: true });
  parts.running.set(id, stop);
  parts.flush.set(id, () => recorder.flush());
  const resumed = { fromStep: stepsDone, savedMs: from?.elapsedMs ?? 0 };
  emit({
    type: 'run',
    id,
    steps,
    recipe,
    hashes: prepared.hashes,
    ...(run.isResumed ? { resumed } : {}),
  });
  parts.events.publishChange(id);
  for (const warning of run.warnings) emit({ type: 'warning', ...warning });

  const trainerLog = parts.trainerLogs.open(directory);
  const begins = run.isResumed ? `goes on behind step ${stepsDone} of ${steps}` : `begins, ${steps} steps`;
  trainerLog.add(`${parts.now().toISOString()} ${begins}\n`);

  const work = async (): Promise<FinishedEvent> => {
    const end = await parts.workers.trainer.train(
      {
        recipe,
        preparedPath: prepared.preparedPath,
        directory,
        resumeFrom: from,
        isExtended: run.isExtended === true,
      },
      {
        signal: stop.signal,
        onEvent: emit,
        onPhase: phase => parts.events.publishPhase(id, phase),
        onOutput: text => trainerLog.add(text),
        onRequest: async request => {
          if (request.kind === 'commit') recorder.flush();
          else if (request.kind === 'origin') parts.store.addVersions(id, request.origin);
          else for (const event of await sample(parts, recipe, request, stop.signal)) emit(event);
        },
        ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      },
    );
    const trained = finishedEvent(end, stepsDone, stop.signal.reason === PAUSE);
    recorder.flush();
    const fault = recorder.writeFault;
    const kept = fault ? { ...failed(fault, stepsDone), adapterPath: trained.adapterPath } : trained;
    if (options.score) parts.events.publishPhase(id, 'scoring');
    const scored = await withScore(kept, options, stop.signal);
    const finished = await withRepetition(parts, run, scored);
    recorder.close();
    parts.store.finish(id, {
      status: finished.status,
      endedAt: parts.now().toISOString(),
      adapterPath: finished.adapterPath,
      bestAdapterPath: finished.bestAdapterPath,
      error: finished.error,
      processExit: end.exit,
      demo: finished.demo ?? null,
      paused: finished.paused ?? false,
      repetition: finished.repetition ?? null,
    });
    return finished;
  };
  return work()
    .catch((fault: unknown): FinishedEvent => failed(recorder.writeFault ?? asRunError(fault), stepsDone))
    .then(event => {
      log.add(event);
      log.close();
      recorder.close();
      trainerLog.add(`${parts.now().toISOString()} ${event.paused ? 'paused' : event.status}\n`);
      trainerLog.close();
      parts.events.publishPhase(id, null);
      parts.running.delete(id);
      parts.flush.delete(id);
      options.signal.removeEventListener('abort', requestStop);
      lease.release();
      options.onEvent?.(event);
      parts.events.publish(id, event);
      parts.events.publishChange(id);
      return event;
    });
}

function logHeadOf({ store }: BackendParts, id: string): RunLogHead | null {
  const run = store.show(id);
  if (run === null) return null;
  const {
    name,
    createdAt,
    recipe,
    hashes,
    versions,
    preflight,
    modelName,
    dataName,
    masking,
    plannedSteps,
    parent,
  } = run;
  return {
    ...{ id, name, createdAt, recipe, hashes, versions, preflight },
    ...{ modelName, dataName, masking, plannedSteps, parent },
  };
}

function finishedEvent({ outcome, exit }: TrainingEnd, stepsDone: number, isPause: boolean): FinishedEvent {
  if (outcome.ok) {
    const paused = isPause && outcome.value.status === 'stopped';
    return { type: 'finished', ...outcome.value, ...(paused ? { paused } : {}) };
  }
  const { code, title, cause, remedy } = outcome.error;
  // A dead process loses only what came after the run's last checkpoint.
  const first =
    exit === null
      ? ''
      : 'Resume the run: it goes on from its newest checkpoint, or begins anew where it has none. If it ends so again: ';
  return failed({ code, title, cause, remedy: `${first}${remedy}` }, stepsDone);
}

function failed(error: RunError, steps: number): FinishedEvent {
  return { type: 'finished', status: 'failed', steps, adapterPath: null, bestAdapterPath: null, error };
}

async function withScore(
  finished: FinishedEvent,
  options: LaunchOptions,
  signal: AbortSignal,
): Promise<FinishedEvent> {
  if (!options.score || finished.status !== 'completed' || finished.adapterPath === null) return finished;
  const scored = await options.score(finished.adapterPath, signal);
  if (scored.ok) return { ...finished, demo: scored.value };
  const { code, title, cause, remedy } = scored.error;
  return { ...finished, error: { code, title, cause, remedy } };
}

async function withRepetition(
  parts: BackendParts,
  { id, parent, prepared }: SupervisedRun,
  finished: FinishedEvent,
): Promise<FinishedEvent> {
  if (parent?.kind !== 'again') return finished;
  const repetition = await compareWithOriginal(parts, parent.id, {
    id,
    hashes: prepared.hashes,
    versions: parts.store.brief(id)?.versions ?? parts.versions,
    status: finished.status,
    adapterPath: finished.adapterPath,
  });
  return { ...finished, repetition };
}

function asRunError(fault: unknown): RunError {
  return {
    code: 'internal.unexpected',
    title: 'Luthier met a fault of its own.',
    cause: fault instanceof Error ? fault.message : String(fault),
    remedy: 'Report this with the log.',
  };
}
