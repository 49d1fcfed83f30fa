/** A run of the history, with its recipe as one that can be used. */
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { runNotFound } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';
import type { RunBrief } from './ports.ts';

/** Errors: `run.notFound`, `recipe.invalid` for a run of an earlier version that this one cannot read. */
export function findRun(
  { store, checkRecipe }: Pick<BackendParts, 'store' | 'checkRecipe'>,
  id: string,
): Outcome<{ readonly run: RunBrief; readonly recipe: Recipe }> {
  const run = store.brief(id);
  if (!run) return fail(runNotFound(id));
  const recipe = checkRecipe(run.recipe);
  return recipe.ok ? ok({ run, recipe: recipe.value }) : recipe;
}
