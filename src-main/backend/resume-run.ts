/** Goes on with a run that ended early: same id, from its newest whole checkpoint, else from step 1. */
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { RunDetails } from '../../src-shared/domain/run.ts';
import type { RunHashes } from '../../src-shared/domain/training.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { runNotFound } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';
import { compareForResume, withDateOf } from './compare-for-resume.ts';
import { compareInputs } from './compare-inputs.ts';
import { scoredIfDemo } from './demo.ts';
import { noteOfExtension, refuseExtension } from './extension-rules.ts';
import { type LaunchedRun, refuseLaunch } from './launch-run.ts';
import type { RunBrief } from './ports.ts';
import { type LaunchOptions, runDirectoryOf, superviseRun } from './supervise-run.ts';

/**
 * `given`: the recipe as the user holds it now; null takes the one of the history. A run of the demo is scored at
 * its end as one that ran through. Errors: `run.notFound`,
 * `resume.notPossible` (running or completed), `resume.recipeDiffers` and `resume.inputsDiffer` with what differs,
 * `compute.busy`, the preparation's.
 */
export async function resumeRun(
  parts: BackendParts,
  id: string,
  given: Recipe | null,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const run = parts.store.brief(id);
  if (!run) return fail(runNotFound(id));
  if (!canResume(run)) return fail(notPossible(run));
  const stored = parts.checkRecipe(run.recipe);
  if (!stored.ok) return stored;
  const recipe = given ? withDateOf(stored.value, given) : stored.value;
  const differing = compareForResume(stored.value, recipe);
  if (differing.length > 0) return fail(recipeDiffers(differing));
  return goOn(parts, run, { stored: stored.value, recipe, isExtension: false }, options);
}

export interface Continuation {
  /** As the history has it. */
  readonly stored: Recipe;
  /** To go on with. */
  readonly recipe: Recipe;
  /** `recipe` is longer than `stored`: only from a checkpoint, and also where the run is completed. */
  readonly isExtension: boolean;
}

/** Takes the device and goes on; for `resumeRun` and `extendRun`, which have compared the recipes. */
export async function goOn(
  parts: BackendParts,
  run: RunBrief,
  { stored, recipe, isExtension }: Continuation,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const { id } = run;
  const lease = parts.lease.take(`the run ${run.name}`);
  if (!lease.ok) return lease;
  let launched = false;
  parts.events.publishPhase(id, 'checking');
  try {
    const prepared = await parts.workers.preparer.prepare(recipe, options);
    if (!prepared.ok) return prepared;
    const refusal = inputsDiffer(run.hashes, prepared.value.hashes) ?? refuseLaunch(prepared.value);
    if (refusal) return fail(refusal);
    const directory = runDirectoryOf(parts, stored, id);
    // A checkpoint never counts before its steps are in the history; this holds where the disk lost the latter.
    const { checkpoint, damaged } = await parts.checkpoints.newestWhole(
      directory,
      parts.store.stepsWithoutGap(id),
    );
    const fromStep = checkpoint?.step ?? 0;
    const plannedSteps = prepared.value.report.totals.steps;
    const wrongLength = isExtension ? refuseExtension(run, plannedSteps, fromStep) : null;
    if (wrongLength) return fail(wrongLength);
    const resumption = {
      at: parts.now().toISOString(),
      fromStep,
      savedMs: checkpoint?.elapsedMs ?? 0,
      ownerPid: process.pid,
      checkpoints: parts.checkpoints.list(directory).filter(({ step }) => step <= fromStep),
      extension: isExtension ? { recipe, plannedSteps } : null,
    };
    if (!parts.store.resume(id, resumption)) return fail(notPossible({ ...run, status: 'running' }));
    launched = true;
    parts.checkpoints.removeBeyond(directory, fromStep);
    const warnings = damaged.map(({ step, reason }) => ({
      code: 'checkpoint.damaged',
      message: `The checkpoint of step ${step} is not whole and was left out: ${reason}.`,
    }));
    const finished = superviseRun(
      parts,
      {
        id,
        recipe,
        prepared: prepared.value,
        parent: run.parent,
        from: checkpoint,
        isResumed: true,
        isExtended: isExtension,
        warnings: isExtension
          ? [...warnings, noteOfExtension(recipe.training, fromStep, run.plannedSteps, plannedSteps)]
          : warnings,
      },
      { ...scoredIfDemo(parts, stored), ...options },
      lease.value,
    );
    return ok({ id, report: prepared.value.report, finished });
  } finally {
    if (!launched) {
      parts.events.publishPhase(id, null);
      lease.value.release();
    }
  }
}

function canResume(run: Pick<RunDetails, 'status'>): boolean {
  return run.status === 'interrupted' || run.status === 'stopped' || run.status === 'failed';
}

function notPossible({ name, status }: Pick<RunDetails, 'name' | 'status'>): CodedError {
  return {
    code: 'resume.notPossible',
    title: 'The run cannot be resumed.',
    cause: `The run ${name} is ${status}.`,
    remedy:
      status === 'completed'
        ? 'Extend it by more epochs or steps, or start a new run that begins with its adapter.'
        : 'Only runs that were stopped, interrupted or failed can be resumed.',
  };
}

function recipeDiffers(differing: readonly string[]): CodedError {
  return {
    code: 'resume.recipeDiffers',
    title: 'The recipe is not the one that the run was started with.',
    cause: differing.join('\n'),
    remedy: 'Set these keys back, or start a new run.',
    details: { differing },
  };
}

function inputsDiffer(before: RunHashes, now: RunHashes): CodedError | null {
  const changed = compareInputs(before, now);
  if (changed === null) return null;
  return {
    code: 'resume.inputsDiffer',
    title: 'The run cannot go on with other inputs than it was started with.',
    cause: changed.cause,
    remedy: 'Put the files back as they were, or start a new run.',
    details: { differing: changed.differing, before, now },
  };
}
