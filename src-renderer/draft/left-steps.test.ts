/** Undo must lead over a reload, and never away from what another window wrote without a way back. */
import { expect, test } from 'vitest';
import type { KeptDraft } from '../../src-shared/domain/kept-draft.ts';
import { createDraftStore } from './draft-store.ts';
import { leaveSteps, takeUpSteps } from './left-steps.ts';
import { emptyRecipe } from './recipe-values.ts';

function storage(text: string | null = null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
}

const named = (name: string): KeptDraft => ({ recipe: { ...emptyRecipe(), name }, path: null, parent: null });
const nameOf = (draft: KeptDraft) => draft.recipe['name'];

/** A page that typed three names and went one step back. */
function leftPage() {
  const own = storage();
  const store = createDraftStore(named('one'));
  store.replace(named('two').recipe, null);
  store.replace(named('three').recipe, null);
  store.undo();
  leaveSteps(own, store);
  return own;
}

test('the page goes on with its steps, back and forth', () => {
  const own = leftPage();
  const store = createDraftStore(named('two'), takeUpSteps(own, named('two'), named('one')));
  expect(store.get()).toMatchObject({ canUndo: true, canRedo: true });
  store.redo();
  expect(nameOf(store.entry())).toBe('three');
  store.undo();
  store.undo();
  expect(nameOf(store.entry())).toBe('one');
  expect(store.get().canUndo).toBe(false);
});

test('where another window wrote meanwhile, undo leads to what this one had, and on', () => {
  const own = leftPage();
  const store = createDraftStore(named('theirs'), takeUpSteps(own, named('theirs'), null));
  expect(store.get().canRedo).toBe(false);
  store.undo();
  expect(nameOf(store.entry())).toBe('two');
  store.undo();
  expect(nameOf(store.entry())).toBe('one');
});

test('only the newest steps are left, since a browser gives little room', () => {
  const own = storage();
  const store = createDraftStore(named('0'));
  for (let i = 1; i <= 90; i++) store.replace(named(String(i)).recipe, null);
  leaveSteps(own, store);
  const { past } = takeUpSteps(own, named('90'), null);
  expect([past.length, past[0] && nameOf(past[0])]).toEqual([50, '40']);
});

test.each([null, '{"past": 3', '{"past": [], "future": []}'])(
  'without steps that can be read (%s), the draft of before is the only one',
  text => {
    expect(takeUpSteps(storage(text), named('one'), null)).toEqual({ past: [], future: [] });
    expect(takeUpSteps(storage(text), named('one'), named('zero')).past).toHaveLength(1);
  },
);
