/** Trains the recipe of a past run once more, after a look at whether its files are still what they were. */
import { type CodedError, fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import { isUnderWay } from '../../../src-shared/domain/run.ts';
import type { Prepared } from '../../pipeline/job-results.ts';
import { runNotFound } from '../answer-prompts.ts';
import type { BackendParts } from '../backend-parts.ts';
import { compareInputs } from '../compare-inputs.ts';
import { scoredIfDemo } from '../demo.ts';
import { whyNotRepeated } from '../extension-rules.ts';
import { type LaunchedRun, launchRun } from '../launch-run.ts';
import type { LaunchOptions } from '../supervise-run.ts';
import { AGAIN_EXTENDED } from './again-extended.ts';

/** What a repetition goes on with nevertheless; the new run says so. */
export interface Accepted {
  /** Files that are no longer what they were. */
  readonly changes: boolean;
  /** That the original was extended, so that its recipe gives another adapter. */
  readonly extension: boolean;
}

/**
 * Errors, unless they are accepted: `again.extended`, which comes before anything is prepared, and `again.inputsChanged`.
 * Others: `run.notFound`, `again.isRunning`, those of `launchRun`.
 */
export async function runAgain(
  parts: BackendParts,
  id: string,
  accepted: Accepted,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const run = parts.store.brief(id);
  if (!run) return fail(runNotFound(id));
  if (isUnderWay(run.status)) return fail(isRunning(run.name));
  const recipe = parts.checkRecipe(run.recipe);
  if (!recipe.ok) return recipe;
  const extension = whyNotRepeated(run.name, recipe.value.training, parts.store.show(id)?.warnings ?? []);
  if (extension !== null && !accepted.extension) return fail(wasExtended(extension));
  const changedIn = ({ hashes }: Prepared) => compareInputs(run.hashes, hashes);
  return launchRun(parts, recipe.value, {
    ...scoredIfDemo(parts, recipe.value),
    ...options,
    parent: { kind: 'again', id },
    refuse: prepared => {
      const changed = accepted.changes ? null : changedIn(prepared);
      return changed && inputsChanged(changed.cause, changed.differing);
    },
    warningsOf: prepared => {
      const changed = changedIn(prepared);
      return [
        ...(changed ? [{ code: 'again.inputsChanged', message: changed.cause }] : []),
        ...(extension === null ? [] : [{ code: AGAIN_EXTENDED, message: extension }]),
      ];
    },
  });
}

function inputsChanged(cause: string, differing: readonly string[]): CodedError {
  return {
    code: 'again.inputsChanged',
    title: 'The files of the run are no longer what they were.',
    cause,
    remedy:
      'Put them back as they were, or run it again with what is there now; on the command line with --accept-changes.',
    details: { differing },
  };
}

function wasExtended(cause: string): CodedError {
  return {
    code: AGAIN_EXTENDED,
    title: 'The run was extended, and its recipe gives another adapter.',
    cause,
    remedy:
      'Run it again all the same, to have what its recipe gives from the start; on the command line with --accept-changes.',
  };
}

function isRunning(name: string): CodedError {
  return {
    code: 'again.isRunning',
    title: 'The run is still under way.',
    cause: `${name} has not ended, so there is nothing to compare a repetition with.`,
    remedy: 'Wait for its end, or stop it first.',
  };
}
