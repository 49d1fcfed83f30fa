/** The recipe of a past run as a document: what it was made with, and the hash that tells whether the model is the same. */
import { type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { BackendParts } from './backend-parts.ts';
import { findRun } from './find-run.ts';

const SHA_256 = /^[0-9a-f]{64}$/;

/** Errors: `run.notFound`, `recipe.invalid` for a run of an earlier version that this one cannot read. */
export function recipeOfRun(parts: Pick<BackendParts, 'store' | 'checkRecipe'>, id: string): Outcome<Recipe> {
  const found = findRun(parts, id);
  if (!found.ok) return found;
  const { run, recipe } = found.value;
  const { model } = recipe;
  const sha256 = SHA_256.test(run.hashes.model) ? run.hashes.model : model.sha256;
  return ok({ ...recipe, model: { ...model, sha256 } });
}
