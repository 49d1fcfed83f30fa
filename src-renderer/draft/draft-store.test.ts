/** Undo must bring back what was, across steps. */
import { expect, test } from 'vitest';
import { createDraftStore } from './draft-store.ts';
import { valueAt } from './recipe-values.ts';

test('typing into one field is one step, another field is another', () => {
  const store = createDraftStore();
  for (const path of ['/a', '/ab', '/abc']) store.set({ 'model.path': path });
  store.set({ 'training.epochs': 5 });
  store.undo();
  expect(valueAt(store.get().recipe, 'training.epochs')).toBe(3);
  expect(valueAt(store.get().recipe, 'model.path')).toBe('/abc');
  store.undo();
  expect(valueAt(store.get().recipe, 'model.path')).toBe('');
  store.redo();
  store.redo();
  expect(valueAt(store.get().recipe, 'training.epochs')).toBe(5);
  expect(store.get().canRedo).toBe(false);
});

test('a fix sets its keys in one step, also in sections that were not there', () => {
  const store = createDraftStore();
  store.set({ 'dataset.roles': { speaker: 'user' }, 'collator.maxLength': 3072 });
  expect(valueAt(store.get().recipe, 'dataset.roles.speaker')).toBe('user');
  expect(valueAt(store.get().recipe, 'dataset.format')).toBe('auto');
  store.undo();
  expect(valueAt(store.get().recipe, 'collator.maxLength')).toBe(2048);
});

test('what follows from a change is undone with it', () => {
  const store = createDraftStore();
  store.set({ 'dataset.path': '/letters.jsonl' });
  store.follow({ name: 'letters' });
  expect(valueAt(store.get().recipe, 'dataset.path')).toBe('/letters.jsonl');
  store.undo();
  expect(store.get().recipe['name']).toBe('untitled');
  expect(store.get().canUndo).toBe(false);
  store.redo();
  expect(store.get().recipe['name']).toBe('letters');
});

test('a saved recipe is saved until it is changed, and again after undo', () => {
  const store = createDraftStore();
  store.set({ name: 'one' });
  store.markSaved('/one.yaml');
  expect(store.get()).toMatchObject({ isSaved: true, path: '/one.yaml' });
  store.set({ name: 'two' });
  expect(store.get().isSaved).toBe(false);
});

test('what another window has written is one step of undo', () => {
  const store = createDraftStore();
  store.set({ name: 'mine' });
  store.adopt({ ...store.entry(), recipe: { ...store.get().recipe, name: 'theirs' } });
  expect(store.get().recipe['name']).toBe('theirs');
  store.undo();
  expect(store.get().recipe['name']).toBe('mine');
});

test('the run that a draft was made from is kept with it, forgotten on demand, and back with undo', () => {
  const store = createDraftStore();
  const parent = { kind: 'cloned', id: 'r1', name: 'first try' } as const;
  store.replace({ ...store.get().recipe, name: 'first try' }, null, parent);
  store.set({ 'training.epochs': 5 });
  expect(store.entry().parent).toEqual(parent);
  store.forgetParent();
  expect(store.get().parent).toBeNull();
  expect(valueAt(store.get().recipe, 'training.epochs')).toBe(5);
  store.undo();
  expect(store.get().parent).toEqual(parent);
  store.replace(store.get().recipe, '/other.yaml');
  expect(store.get().parent).toBeNull();
});
