/** The recipe that is being written, with undo and redo across all steps. */
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { DraftParent, KeptDraft } from '../../src-shared/domain/kept-draft.ts';
import { createObservable, type Observable } from '../backend-client/observable.ts';
import { type DraftRecipe, emptyRecipe, withValues } from './recipe-values.ts';

export interface DraftState extends KeptDraft {
  readonly recipe: DraftRecipe;
  readonly isSaved: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Why the data folder does not have it; it is kept in this browser until then. */
  readonly notKept: CodedError | null;
}

/** Both with the step that is gone to next at the end. */
export interface DraftSteps {
  readonly past: readonly KeptDraft[];
  readonly future: readonly KeptDraft[];
}

export interface DraftStore extends Observable<DraftState> {
  /** The same object until a change. */
  entry(): KeptDraft;
  steps(): DraftSteps;
  /** One step of undo; changes of the same single key in a row are one step. */
  set(values: Readonly<Record<string, unknown>>): void;
  /** What follows from the last change, and is undone with it. */
  follow(values: Readonly<Record<string, unknown>>): void;
  /** Another recipe takes its place; undo brings the former back. */
  replace(recipe: DraftRecipe, path: string | null, parent?: DraftParent | null): void;
  /** What another window has written takes its place, as one step of undo. */
  adopt(entry: KeptDraft): void;
  /** The recipe stays, as one that comes from no run. */
  forgetParent(): void;
  markSaved(path: string): void;
  markKept(trouble: CodedError | null): void;
  undo(): void;
  redo(): void;
}

const KEPT_STEPS = 200;
const NO_STEPS: DraftSteps = { past: [], future: [] };

/** All defaults. */
export function emptyDraft(): KeptDraft {
  return { recipe: emptyRecipe(), path: null, parent: null };
}

/** Begins with `first`; undo and redo lead along `steps`. */
export function createDraftStore(first: KeptDraft = emptyDraft(), steps: DraftSteps = NO_STEPS): DraftStore {
  let current = first;
  let saved: DraftRecipe | null = current.path === null ? null : current.recipe;
  let past: KeptDraft[] = [...steps.past];
  let future: KeptDraft[] = [...steps.future];
  let lastKey: string | null = null;
  let notKept: CodedError | null = null;
  const state = createObservable(stateNow());

  function stateNow(): DraftState {
    return {
      ...current,
      isSaved: saved === current.recipe,
      canUndo: past.length > 0,
      canRedo: future.length > 0,
      notKept,
    };
  }

  function step(next: KeptDraft, key: string | null): void {
    const goesOn = key !== null && key === lastKey && future.length === 0;
    if (!goesOn) past = [...past, current].slice(-KEPT_STEPS);
    future = [];
    lastKey = key;
    current = next;
    state.set(stateNow());
  }

  function travel(from: KeptDraft[], to: KeptDraft[]): void {
    const target = from.pop();
    if (!target) return;
    to.push(current);
    current = target;
    lastKey = null;
    state.set(stateNow());
  }

  return {
    get: state.get,
    subscribe: state.subscribe,
    entry: () => current,
    steps: () => ({ past, future }),
    set(values) {
      const keys = Object.keys(values);
      const [only] = keys;
      const recipe = withValues(current.recipe, values);
      step({ ...current, recipe }, keys.length === 1 && only !== undefined ? only : null);
    },
    follow(values) {
      current = { ...current, recipe: withValues(current.recipe, values) };
      state.set(stateNow());
    },
    replace(recipe, path, parent = null) {
      if (path !== null) saved = recipe;
      step({ recipe, path, parent }, null);
    },
    adopt: entry => step(entry, null),
    forgetParent: () => step({ ...current, parent: null }, null),
    markSaved(path) {
      current = { ...current, path };
      saved = current.recipe;
      state.set(stateNow());
    },
    markKept(trouble) {
      if (trouble?.code === notKept?.code) return;
      notKept = trouble;
      state.set(stateNow());
    },
    undo: () => travel(past, future),
    redo: () => travel(future, past),
  };
}
