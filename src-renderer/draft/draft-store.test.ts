/** Undo must bring back what was, across steps, and a reload must not lose it. */
import { expect, test } from 'vitest';
import { createDraftStore } from './draft-store.ts';
import { valueAt } from './recipe-values.ts';

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  };
}

test('typing into one field is one step, another field is another', () => {
  const store = createDraftStore(memory());
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
  const store = createDraftStore(memory());
  store.set({ 'dataset.roles': { speaker: 'user' }, 'collator.maxLength': 3072 });
  expect(valueAt(store.get().recipe, 'dataset.roles.speaker')).toBe('user');
  expect(valueAt(store.get().recipe, 'dataset.format')).toBe('auto');
  store.undo();
  expect(valueAt(store.get().recipe, 'collator.maxLength')).toBe(2048);
});

test('the next visit finds the draft again, and a damaged one does no harm', () => {
  const storage = memory();
  createDraftStore(storage).set({ name: 'bow maker' });
  expect(createDraftStore(storage).get().recipe['name']).toBe('bow maker');
  storage.setItem('luthier.draft', '{"recipe": 3');
  expect(createDraftStore(storage).get().recipe['name']).toBe('untitled');
});

test('a saved recipe is saved until it is changed, and again after undo', () => {
  const store = createDraftStore(memory());
  store.set({ name: 'one' });
  store.markSaved('/one.yaml');
  expect(store.get()).toMatchObject({ isSaved: true, path: '/one.yaml' });
  store.set({ name: 'two' });
  expect(store.get().isSaved).toBe(false);
});

test('the run that a draft was made from is kept with it, forgotten on demand, and back with undo', () => {
  const storage = memory();
  const store = createDraftStore(storage);
  const parent = { kind: 'cloned', id: 'r1', name: 'first try' } as const;
  store.replace({ ...store.get().recipe, name: 'first try' }, null, parent);
  store.set({ 'training.epochs': 5 });
  expect(createDraftStore(storage).get().parent).toEqual(parent);
  store.forgetParent();
  expect(store.get().parent).toBeNull();
  expect(valueAt(store.get().recipe, 'training.epochs')).toBe(5);
  store.undo();
  expect(store.get().parent).toEqual(parent);
  store.replace(store.get().recipe, '/other.yaml');
  expect(store.get().parent).toBeNull();
});
