/** The run that the one of a recipe will come from, where nobody says it but the recipe itself. */
import type { RunParent } from '../../src-shared/domain/run.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { BackendParts } from './backend-parts.ts';

/** What a draft or a launch can be told: a run again is asked for as such. */
export type NamedParent = RunParent & { readonly kind: 'continued' | 'cloned' };

/**
 * The run with whose adapter it begins, else the one that its file names as its origin (`fromRun`); null where the history
 * knows neither.
 */
export function parentOfRecipe(
  { store }: Pick<BackendParts, 'store'>,
  { adapter }: Recipe,
  fromRun: string | null,
): NamedParent | null {
  const continued = adapter.init === null ? null : store.runOfAdapter(adapter.init);
  if (continued !== null) return { kind: 'continued', id: continued };
  return fromRun !== null && store.brief(fromRun) ? { kind: 'cloned', id: fromRun } : null;
}
