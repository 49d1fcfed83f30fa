/** Trains the recipe of a past run once more, after a look at whether its files are still what they were. */
import { type CodedError, fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import { isUnderWay } from '../../../src-shared/domain/run.ts';
import type { Prepared } from '../../pipeline/job-results.ts';
import { runNotFound } from '../answer-prompts.ts';
import type { BackendParts } from '../backend-parts.ts';
import { compareInputs } from '../compare-inputs.ts';
import { scoredIfDemo } from '../demo.ts';
import { type LaunchedRun, launchRun } from '../launch-run.ts';
import type { LaunchOptions } from '../supervise-run.ts';

/**
 * `acceptsChanges`: goes on with what is on the disk now, and the new run says so. Errors: `run.notFound`,
 * `again.isRunning`, `again.inputsChanged`, those of `launchRun`.
 */
export async function runAgain(
  parts: BackendParts,
  id: string,
  acceptsChanges: boolean,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const run = parts.store.brief(id);
  if (!run) return fail(runNotFound(id));
  if (isUnderWay(run.status)) return fail(isRunning(run.name));
  const recipe = parts.checkRecipe(run.recipe);
  if (!recipe.ok) return recipe;
  const changedIn = ({ hashes }: Prepared) => compareInputs(run.hashes, hashes);
  return launchRun(parts, recipe.value, {
    ...scoredIfDemo(parts, recipe.value),
    ...options,
    parent: { kind: 'again', id },
    refuse: prepared => {
      const changed = acceptsChanges ? null : changedIn(prepared);
      return changed && inputsChanged(changed.cause, changed.differing);
    },
    warningsOf: prepared => {
      const changed = changedIn(prepared);
      return changed ? [{ code: 'again.inputsChanged', message: changed.cause }] : [];
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

function isRunning(name: string): CodedError {
  return {
    code: 'again.isRunning',
    title: 'The run is still under way.',
    cause: `${name} has not ended, so there is nothing to compare a repetition with.`,
    remedy: 'Wait for its end, or stop it first.',
  };
}
