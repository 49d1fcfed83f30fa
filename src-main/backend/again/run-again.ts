/** Trains the recipe of a past run once more, after a look at whether its files are still what they were. */
import { statSync } from 'node:fs';
import { type CodedError, fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import { isUnderWay } from '../../../src-shared/domain/run.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
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
  const original = parts.store.show(id);
  if (!run || !original) return fail(runNotFound(id));
  if (isUnderWay(run.status)) return fail(isRunning(run.name));
  const recipe = parts.checkRecipe(run.recipe);
  if (!recipe.ok) return recipe;
  const extension = whyNotRepeated(run.name, recipe.value.training, original.warnings);
  if (extension !== null && !accepted.extension) return fail(wasExtended(extension));
  const changedIn = ({ hashes, report }: Prepared) => {
    const changed = compareInputs(run.hashes, hashes);
    if (changed === null) return null;
    const { preflight, createdAt } = original;
    const more = [
      ...filesWrittenSince(recipe.value, Date.parse(createdAt)),
      ...(preflight.totals.examples === report.totals.examples
        ? []
        : [`There were ${preflight.totals.examples} examples then, and are ${report.totals.examples} now.`]),
    ];
    return { ...changed, cause: [changed.cause, ...more].join(' ') };
  };
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

/** Which of its files; a copy that is put back may be older than what it replaces. */
function filesWrittenSince({ model, dataset, template }: Recipe, at: number): string[] {
  const { path, validation } = dataset;
  const files = [
    model.path,
    ...(typeof path === 'string' ? [path] : path),
    ...(typeof validation === 'object' && 'path' in validation ? [validation.path] : []),
    ...(template.path === null ? [] : [template.path]),
  ];
  const written = files.filter(file => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > at);
  return written.length === 0 ? [] : [`Written since then: ${written.join(', ')}.`];
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
