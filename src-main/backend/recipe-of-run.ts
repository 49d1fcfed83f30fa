/** The recipe of a past run as a document: what it was made with, and the hash that tells whether the model is the same. */
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import { runNotFound } from './answer-prompts.ts';
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

/** The recipe of a run that goes on with one of its adapters. Errors: `run.notFound`, `run.noAdapter`. */
export function continued(
  { store }: Pick<BackendParts, 'store'>,
  recipe: Recipe,
  id: string,
  which: 'best' | 'last',
): Outcome<Recipe> {
  const run = store.brief(id);
  if (!run) return fail(runNotFound(id));
  const init = which === 'best' ? run.bestAdapterPath : run.adapterPath;
  if (init !== null) return ok({ ...recipe, adapter: { ...recipe.adapter, init } });
  return fail({
    code: 'run.noAdapter',
    title: 'The run has no such adapter.',
    cause:
      which === 'best'
        ? `${run.name} was not evaluated, so that no adapter is the best.`
        : `${run.name} ended without an adapter.`,
    remedy: run.adapterPath === null ? 'Resume the run, or choose another one.' : 'Take the last one.',
  });
}
