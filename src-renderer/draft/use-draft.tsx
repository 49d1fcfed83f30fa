/** The draft in React: its store for a subtree, and the hooks that read and change it. */
import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import { parseRecipe, type RecipeFault } from '../../src-shared/recipe/faults.ts';
import type { Recipe } from '../../src-shared/recipe/schema.ts';
import type { DraftState, DraftStore } from './draft-store.ts';

const DraftContext = createContext<DraftStore | null>(null);

export const DraftProvider = DraftContext.Provider;

export interface Draft extends DraftState {
  readonly store: DraftStore;
  /** Null while something in it is missing or wrong; the backend checks it again. */
  readonly whole: Recipe | null;
  readonly faults: readonly RecipeFault[];
}

export function useDraft(): Draft {
  const store = useContext(DraftContext);
  if (!store) throw new Error('useDraft needs a DraftProvider above it.');
  const state = useSyncExternalStore(store.subscribe, store.get);
  const { recipe } = state;
  const parsed = useMemo(() => parseRecipe(recipe), [recipe]);
  return useMemo(
    () => ({
      ...state,
      store,
      whole: parsed.ok ? parsed.recipe : null,
      faults: parsed.ok ? [] : parsed.faults,
    }),
    [state, store, parsed],
  );
}
