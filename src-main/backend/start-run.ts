/** Starts what a caller names: the demo, a file, a draft, a past run once more, or what waited in the queue. */
import { type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { RecipeSource } from '../../src-shared/contract/recipe-source.ts';
import { assertNever } from '../../src-shared/domain/assert-never.ts';
import type { RunParent } from '../../src-shared/domain/run.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { runAgain } from './again/run-again.ts';
import type { BackendParts } from './backend-parts.ts';
import type { Lease } from './compute-lease.ts';
import { loadDemoRecipe, scoredOnHeldOut } from './demo.ts';
import { findRun } from './find-run.ts';
import { type LaunchedRun, launchRun } from './launch-run.ts';
import { parentOfRecipe } from './parent-of-recipe.ts';
import type { ClaimedItem } from './ports.ts';
import type { LaunchOptions } from './supervise-run.ts';

/** Errors: `run.notFound`, those of the file or the draft. */
export function recipeOf(parts: BackendParts, source: RecipeSource): Outcome<Recipe> {
  switch (source.kind) {
    case 'demo':
      return loadDemoRecipe(parts);
    case 'file':
      return parts.loadRecipe(source.path);
    case 'draft':
      return parts.checkRecipe(source.recipe);
    case 'again': {
      const found = findRun(parts, source.id);
      return found.ok ? ok(found.value.recipe) : found;
    }
    default:
      return assertNever(source);
  }
}

/** The run that the one of a source will come from; a draft says it itself. */
export function parentIn(parts: BackendParts, source: RecipeSource, recipe: Recipe): RunParent | null {
  if (source.kind === 'again') return { kind: 'again', id: source.id };
  if (source.kind === 'draft') return source.parent ?? null;
  return source.kind === 'file' ? parentOfRecipe(parts, recipe, parts.runNamedIn(source.path)) : null;
}

export async function startRun(
  parts: BackendParts,
  source: RecipeSource,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const recipe = recipeOf(parts, source);
  if (!recipe.ok) return recipe;
  const parent = parentIn(parts, source, recipe.value);
  return launch(parts, recipe.value, source.kind === 'demo', parent, options);
}

/** The recipe is the one that was kept; the lease is released in any case. */
export async function startQueued(
  parts: BackendParts,
  { recipe: kept, isDemo, parent }: ClaimedItem,
  lease: Lease,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  const recipe = parts.checkRecipe(kept);
  const launched = recipe.ok
    ? await launch(parts, recipe.value, isDemo, parent, { ...options, lease })
    : recipe;
  if (!launched.ok) lease.release();
  return launched;
}

/** Whether it was extended was asked before it came there; files may have changed since. */
const FROM_QUEUE = { changes: false, extension: true };

function launch(
  parts: BackendParts,
  recipe: Recipe,
  isDemo: boolean,
  parent: RunParent | null,
  options: LaunchOptions,
): Promise<Outcome<LaunchedRun>> {
  if (parent?.kind === 'again') return runAgain(parts, parent.id, FROM_QUEUE, options);
  return launchRun(parts, recipe, {
    ...options,
    ...(isDemo ? scoredOnHeldOut(parts, recipe) : {}),
    ...(parent === null ? {} : { parent }),
  });
}
