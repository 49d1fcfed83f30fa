/** Preflight, then training, from any host: the one place that may start a run. */
import { join } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { PreflightReport } from '../../src-shared/domain/preflight.ts';
import type { DemoScore, FinishedEvent, RunError, TrainingEvent } from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { Prepared, Progress } from '../pipeline/job-results.ts';
import { refuseUnsupported } from '../pipeline/unsupported-keys.ts';
import type { BackendParts } from './backend-parts.ts';
import type { Lease } from './compute-lease.ts';
import { dataNameOf, modelNameOf } from './display-names.ts';
import type { TrainingEnd } from './ports.ts';
import { RunRecorder } from './run-recorder.ts';

export interface LaunchOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Aborting before the run exists cancels the preparation; afterwards it stops the run and keeps it. */
  readonly signal: AbortSignal;
  /** Scores a finished adapter before the run is called finished; for the demo. */
  readonly score?: (adapterPath: string, signal: AbortSignal) => Promise<Outcome<DemoScore>>;
}

export interface LaunchedRun {
  readonly id: string;
  readonly report: PreflightReport;
  /** Resolves when the run is over and everything about it is in the history. Never rejects. */
  readonly finished: Promise<FinishedEvent>;
}

/** Errors: `preflight.blocked` (the report is in `details`), `model.vocabOnly`, `compute.busy`, the preparation's. */
export async function launchRun(
  parts: BackendParts,
  asked: Recipe,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const recipe = withDate(asked, parts.now());
  const unsupported = refuseUnsupported(recipe, 'train');
  if (unsupported) return fail(unsupported);
  const lease = parts.lease.take(`the run ${recipe.name}`);
  if (!lease.ok) return lease;
  let launched = false;
  try {
    const prepared = await parts.workers.preparer.prepare(recipe, options);
    if (!prepared.ok) return prepared;
    const refusal = refuseLaunch(prepared.value);
    if (refusal) return fail(refusal);
    launched = true;
    return ok(start(parts, recipe, prepared.value, options, lease.value));
  } finally {
    if (!launched) lease.value.release();
  }
}

/** What a template prints as today stays the day of the run's start: stored with it, for chat and for going on. */
function withDate(recipe: Recipe, now: Date): Recipe {
  const date = recipe.template.date ?? now.toISOString().slice(0, 'YYYY-MM-DD'.length);
  return { ...recipe, template: { ...recipe.template, date } };
}

/** Null where the run may start. Zero trained tokens are never let through, whatever the checks say. */
function refuseLaunch({ report, vocabularyOnly }: Prepared): CodedError | null {
  if (report.status === 'blocked' || report.totals.trainableTokens === 0) return blocked(report);
  if (!vocabularyOnly) return null;
  return {
    code: 'model.vocabOnly',
    title: 'The model file holds a vocabulary only.',
    cause: 'There are no weights to train an adapter on.',
    remedy: 'Choose the GGUF file with the weights of the model.',
  };
}

export function blocked(report: PreflightReport): CodedError {
  const errors = report.checks.filter(check => check.severity === 'error');
  return {
    code: 'preflight.blocked',
    title: 'Preflight found a reason not to train.',
    cause: errors.map(check => `${check.id}: ${check.title} ${check.cause}`).join('\n'),
    remedy: 'Mend the data or the recipe, and check again.',
    details: report,
  };
}

function start(
  parts: BackendParts,
  recipe: Recipe,
  prepared: Prepared,
  options: LaunchOptions,
  lease: Lease,
): LaunchedRun {
  const id = parts.newId();
  const directory = join(recipe.output.directory ?? join(parts.home, 'runs'), id);
  parts.store.create({
    id,
    name: recipe.name,
    createdAt: parts.now().toISOString(),
    recipe,
    hashes: prepared.hashes,
    versions: parts.versions,
    preflight: prepared.report,
    modelName: modelNameOf(recipe, prepared.modelName),
    dataName: dataNameOf(recipe),
    plannedSteps: prepared.report.totals.steps,
    ownerPid: process.pid,
  });
  const recorder = new RunRecorder(parts.store, id, parts.now);
  let stepsDone = 0;
  const emit = (event: TrainingEvent) => {
    if (event.type === 'step') stepsDone = event.step;
    recorder.add(event);
    options.onEvent?.(event);
    parts.events.publish(id, event);
  };
  const stop = new AbortController();
  const requestStop = () => stop.abort();
  if (options.signal.aborted) requestStop();
  else options.signal.addEventListener('abort', requestStop, { once: true });
  parts.running.set(id, stop);
  emit({ type: 'run', id, steps: prepared.report.totals.steps, recipe, hashes: prepared.hashes });
  parts.events.publishChange(id);
  if (recipe.model.sha256 !== null && recipe.model.sha256 !== prepared.hashes.model) {
    const message = 'The model file is not the one that the recipe was made with: its hash is another.';
    emit({ type: 'warning', code: 'model.hashMismatch', message });
  }

  const work = async (): Promise<FinishedEvent> => {
    const end = await parts.workers.trainer.train(
      { recipe, preparedPath: prepared.preparedPath, directory },
      {
        signal: stop.signal,
        onEvent: emit,
        ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      },
    );
    const finished = await withScore(finishedEvent(end, stepsDone), options, stop.signal);
    recorder.close();
    parts.store.finish(id, {
      status: finished.status,
      endedAt: parts.now().toISOString(),
      adapterPath: finished.adapterPath,
      bestAdapterPath: finished.bestAdapterPath,
      error: finished.error,
      processExit: end.exit,
      demo: finished.demo ?? null,
    });
    return finished;
  };
  const finished = work()
    .catch((fault: unknown): FinishedEvent => failed(asRunError(fault), stepsDone))
    .then(event => {
      recorder.close();
      parts.running.delete(id);
      options.signal.removeEventListener('abort', requestStop);
      lease.release();
      options.onEvent?.(event);
      parts.events.publish(id, event);
      parts.events.publishChange(id);
      return event;
    });
  return { id, report: prepared.report, finished };
}

function finishedEvent({ outcome }: TrainingEnd, stepsDone: number): FinishedEvent {
  if (outcome.ok) return { type: 'finished', ...outcome.value };
  const { code, title, cause, remedy } = outcome.error;
  return failed({ code, title, cause, remedy }, stepsDone);
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

function asRunError(fault: unknown): RunError {
  return {
    code: 'internal.unexpected',
    title: 'Luthier met a fault of its own.',
    cause: fault instanceof Error ? fault.message : String(fault),
    remedy: 'Report this with the log.',
  };
}
