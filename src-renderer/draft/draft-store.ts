/** The recipe that is being written, with undo and redo across all steps; kept on this machine between visits. */
import { z } from 'zod';
import { type RunParent, runParentSchema } from '../../src-shared/domain/run.ts';
import { createObservable, type Observable } from '../backend-client/observable.ts';
import { type DraftRecipe, emptyRecipe, withValues } from './recipe-values.ts';

/** The past run that a draft was made from; a run of the draft will say so. */
export interface DraftParent extends RunParent {
  readonly kind: 'cloned' | 'continued';
  readonly name: string;
}

export interface DraftState {
  readonly recipe: DraftRecipe;
  /** The file it was opened from or saved to. */
  readonly path: string | null;
  readonly parent: DraftParent | null;
  readonly isSaved: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export interface DraftStore extends Observable<DraftState> {
  /** One step of undo; changes of the same single key in a row are one step. */
  set(values: Readonly<Record<string, unknown>>): void;
  /** Another recipe takes its place; undo brings the former back. */
  replace(recipe: DraftRecipe, path: string | null, parent?: DraftParent | null): void;
  /** The recipe stays, as one that comes from no run. */
  forgetParent(): void;
  markSaved(path: string): void;
  undo(): void;
  redo(): void;
}

interface Entry {
  readonly recipe: DraftRecipe;
  readonly path: string | null;
  readonly parent: DraftParent | null;
}

const KEPT_STEPS = 200;
const STORAGE_KEY = 'luthier.draft';

export function createDraftStore(storage: Pick<Storage, 'getItem' | 'setItem'>): DraftStore {
  let current = read(storage);
  let saved: DraftRecipe | null = current.path === null ? null : current.recipe;
  let past: Entry[] = [];
  let future: Entry[] = [];
  let lastKey: string | null = null;
  const state = createObservable(stateNow());

  function stateNow(): DraftState {
    return {
      ...current,
      isSaved: saved === current.recipe,
      canUndo: past.length > 0,
      canRedo: future.length > 0,
    };
  }

  function changed(): void {
    storage.setItem(STORAGE_KEY, JSON.stringify(current));
    state.set(stateNow());
  }

  function step(next: Entry, key: string | null): void {
    const goesOn = key !== null && key === lastKey && future.length === 0;
    if (!goesOn) past = [...past, current].slice(-KEPT_STEPS);
    future = [];
    lastKey = key;
    current = next;
    changed();
  }

  function travel(from: Entry[], to: Entry[]): void {
    const target = from.pop();
    if (!target) return;
    to.push(current);
    current = target;
    lastKey = null;
    changed();
  }

  return {
    get: state.get,
    subscribe: state.subscribe,
    set(values) {
      const keys = Object.keys(values);
      const [only] = keys;
      const recipe = withValues(current.recipe, values);
      step({ ...current, recipe }, keys.length === 1 && only !== undefined ? only : null);
    },
    replace(recipe, path, parent = null) {
      step({ recipe, path, parent }, null);
      saved = path === null ? null : recipe;
      changed();
    },
    forgetParent: () => step({ ...current, parent: null }, null),
    markSaved(path) {
      current = { ...current, path };
      saved = current.recipe;
      changed();
    },
    undo: () => travel(past, future),
    redo: () => travel(future, past),
  };
}

const parentSchema = runParentSchema.extend({ kind: z.enum(['cloned', 'continued']), name: z.string() });

/** What an earlier visit left; an empty recipe where it cannot be read. */
function read(storage: Pick<Storage, 'getItem'>): Entry {
  try {
    const kept: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null');
    if (typeof kept === 'object' && kept !== null && 'recipe' in kept) {
      const { recipe, path, parent } = kept as { recipe: unknown; path?: unknown; parent?: unknown };
      if (typeof recipe === 'object' && recipe !== null && 'model' in recipe && 'dataset' in recipe)
        return {
          recipe: recipe as DraftRecipe,
          path: typeof path === 'string' ? path : null,
          parent: parentSchema.safeParse(parent).data ?? null,
        };
    }
  } catch {
    // a damaged copy is worth less than a fresh start
  }
  return { recipe: emptyRecipe(), path: null, parent: null };
}
