/** The recipe of a past run as a document: what it was made with, and the hash that tells whether the model is the same. */
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { runNotFound } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';

const SHA_256 = /^[0-9a-f]{64}$/;

/** Errors: `run.notFound`, `recipe.invalid` for a run of an earlier version that this one cannot read. */
export function recipeOfRun(
  { store, checkRecipe }: Pick<BackendParts, 'store' | 'checkRecipe'>,
  id: string,
): Outcome<Recipe> {
  const run = store.brief(id);
  if (!run) return fail(runNotFound(id));
  const recipe = checkRecipe(run.recipe);
  if (!recipe.ok) return recipe;
  const { model } = recipe.value;
  const sha256 = SHA_256.test(run.hashes.model) ? run.hashes.model : model.sha256;
  return ok({ ...recipe.value, model: { ...model, sha256 } });
}
