/** What is written must reach the data folder once, in order, and never push out what another window wrote later. */
import { expect, test, vi } from 'vitest';
import type { KeptDraft, ShownDraft } from '../../src-shared/domain/kept-draft.ts';
import { type BackendClient, createBackendClient } from '../backend-client/client.ts';
import { createObservable } from '../backend-client/observable.ts';
import type { StreamHandlers, TransportAnswer } from '../backend-client/transport.ts';
import { keepDraft } from './keep-draft.ts';
import { emptyRecipe, valueAt } from './recipe-values.ts';

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
    size: () => kept.size,
  };
}

/** A data folder with its backend, which any number of windows talk to; `hold` keeps back the answers to `draft.keep`. */
function dataFolder() {
  let stored: ShownDraft = { draft: null, revision: 0, windowId: null };
  const listeners = new Set<StreamHandlers>();
  const waiting: (() => void)[] = [];
  const folder = {
    isHeld: false,
    isFull: false,
    kept: [] as string[],
    stored: () => stored,
    release: () => {
      folder.isHeld = false;
      for (const go of waiting.splice(0)) go();
    },
  };
  const call = async (procedure: string, input: unknown): Promise<TransportAnswer> => {
    if (procedure === 'draft.show') return { ok: true, value: stored, checked: false };
    const { draft, windowId } = input as { draft: KeptDraft; windowId: string };
    if (folder.isFull)
      return { ok: false, error: { code: 'draft.notWritten', title: 't', cause: 'c', remedy: 'r' } };
    stored = { draft, revision: stored.revision + 1, windowId };
    const { revision } = stored;
    folder.kept.push(String(draft.recipe['name']));
    for (const { event } of listeners) event({ windowId, revision });
    if (folder.isHeld) await new Promise<void>(resolve => waiting.push(resolve));
    return { ok: true, value: { revision }, checked: false };
  };
  const client = (): BackendClient =>
    createBackendClient({
      connection: createObservable<'open'>('open'),
      call,
      subscribe(_stream, _input, handlers) {
        listeners.add(handlers);
        return () => listeners.delete(handlers);
      },
    });
  return { ...folder, folder, client };
}

const nameOf = (draft: KeptDraft | null) => String(draft?.recipe['name']);

test('what is typed while one write is under way is written once, as it is in the end', async () => {
  const { folder, client } = dataFolder();
  const own = storage();
  const { store } = await keepDraft(client(), own, storage(), 'a');
  folder.isHeld = true;
  for (const name of ['l', 'lu', 'lut', 'lute']) store.set({ name });
  expect(own.size()).toBe(1);
  folder.release();
  await vi.waitFor(() => expect(own.size()).toBe(0));
  expect(folder.kept).toEqual(['l', 'lute']);
});

test('another window has it, and undo there brings back what it had', async () => {
  const { client } = dataFolder();
  const first = await keepDraft(client(), storage(), storage(), 'a');
  const second = await keepDraft(client(), storage(), storage(), 'b');
  second.store.set({ 'training.epochs': 7 });
  await vi.waitFor(() => expect(valueAt(first.store.get().recipe, 'training.epochs')).toBe(7));
  first.store.undo();
  await vi.waitFor(() => expect(valueAt(second.store.get().recipe, 'training.epochs')).toBe(3));
});

test('two windows that write at once end with the same draft, that of the last', async () => {
  const { folder, client } = dataFolder();
  const first = await keepDraft(client(), storage(), storage(), 'a');
  const second = await keepDraft(client(), storage(), storage(), 'b');
  folder.isHeld = true;
  first.store.set({ name: 'first' });
  second.store.set({ name: 'second' });
  folder.release();
  await vi.waitFor(() => expect(nameOf(first.store.entry())).toBe('second'));
  expect(nameOf(second.store.entry())).toBe('second');
  expect(nameOf(folder.stored().draft)).toBe('second');
});

test('what could not be kept lies in the browser, and the next visit keeps it', async () => {
  const { folder, client } = dataFolder();
  const own = storage();
  folder.isFull = true;
  const visit = await keepDraft(client(), own, storage(), 'a');
  visit.store.set({ name: 'viola' });
  await vi.waitFor(() => expect(visit.store.get().notKept?.code).toBe('draft.notWritten'));
  folder.isFull = false;
  const next = await keepDraft(client(), own, storage(), 'a');
  expect(nameOf(next.store.entry())).toBe('viola');
  await vi.waitFor(() => expect(nameOf(folder.stored().draft)).toBe('viola'));
  expect(own.size()).toBe(0);
});

test('a page that is closed before it hears that a part was kept loses nothing', async () => {
  const { folder, client } = dataFolder();
  const own = storage();
  const visit = await keepDraft(client(), own, storage(), 'a');
  folder.isHeld = true;
  visit.store.set({ name: 'viola' });
  visit.store.set({ 'training.epochs': 7 });
  const next = await keepDraft(client(), own, storage(), 'b');
  expect(nameOf(next.store.entry())).toBe('viola');
  expect(valueAt(next.store.entry().recipe, 'training.epochs')).toBe(7);
});

test('what lies in the browser from before another window wrote is one step of undo away', async () => {
  const { client } = dataFolder();
  const own = storage();
  const old = { recipe: { ...emptyRecipe(), name: 'old' }, path: null, parent: null };
  own.setItem('luthier.draft', JSON.stringify(old));
  const other = await keepDraft(client(), storage(), storage(), 'b');
  other.store.set({ name: 'newer' });
  await vi.waitFor(async () =>
    expect((await keepDraft(client(), storage(), storage(), 'c')).store.get().recipe['name']).toBe('newer'),
  );
  const { store } = await keepDraft(client(), own, storage(), 'a');
  expect(nameOf(store.entry())).toBe('newer');
  store.undo();
  expect(nameOf(store.entry())).toBe('old');
});

test('a damaged copy in the browser does no harm', async () => {
  const own = storage();
  own.setItem('luthier.draft', '{"recipe": 3');
  const { store } = await keepDraft(dataFolder().client(), own, storage(), 'a');
  expect(nameOf(store.entry())).toBe('untitled');
});
