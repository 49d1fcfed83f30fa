/** Goes on with a run for longer than it was meant to: same id, from its newest whole checkpoint. */
import { fail, type Outcome } from '../../src-shared/contract/coded-error.ts';
import { isUnderWay, type RunLength } from '../../src-shared/domain/run.ts';
import { runNotFound } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';
import { withLength } from './extension-rules.ts';
import type { LaunchedRun } from './launch-run.ts';
import { goOn } from './resume-run.ts';
import type { LaunchOptions } from './supervise-run.ts';

/**
 * The history's recipe gets the new length. Errors: `run.notFound`, `extend.isRunning`, `extend.notLonger`,
 * `extend.noCheckpoint`, `resume.inputsDiffer`, `compute.busy`, the preparation's.
 */
export async function extendRun(
  parts: BackendParts,
  id: string,
  length: RunLength,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const run = parts.store.brief(id);
  if (!run) return fail(runNotFound(id));
  if (isUnderWay(run.status)) {
    return fail({
      code: 'extend.isRunning',
      title: 'A run that is under way cannot be extended.',
      cause: `The run ${run.name} is running.`,
      remedy: 'Pause it, or wait for its end.',
    });
  }
  const stored = parts.checkRecipe(run.recipe);
  if (!stored.ok) return stored;
  const recipe = withLength(stored.value, length);
  return goOn(parts, run, { stored: stored.value, recipe, isExtension: true }, options);
}
