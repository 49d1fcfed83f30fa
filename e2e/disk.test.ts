/** The clean-up takes what can be made again or is not needed, and nothing that is in use or lies elsewhere. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ended, newRun } from '../src-main/adapters/sqlite/history-fixture.ts';
import type { BackendParts } from '../src-main/backend/backend-parts.ts';
import { createBackendFace } from '../src-main/backend/create-backend-face.ts';
import {
  cleanDisk,
  limitCache,
  restoreFromTrash,
  setCacheLimit,
  surveyDisk,
} from '../src-main/backend/disk/disk.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import type { CleanResult } from '../src-shared/domain/disk.ts';
import { openParts } from './backend.ts';
import { createWorkspace, demoModel, runLuthier } from './luthier-process.ts';

const { signal } = new AbortController();
const OLD = new Date('2026-01-01T00:00:00Z');
let workspace: ReturnType<typeof createWorkspace>;
let parts: BackendParts;

beforeEach(() => {
  workspace = createWorkspace('disk');
  parts = openParts(workspace.home);
});
afterEach(() => {
  parts.store.close();
  workspace.remove();
});

/** A file of the home, long unused. */
function file(id: string, bytes = 100, usedAt = OLD): string {
  const path = join(workspace.home, id);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.alloc(bytes, 1));
  utimesSync(path, usedAt, usedAt);
  return path;
}

const prepared = (digit: string) => `cache/prepared/${digit.repeat(64)}.luthdata`;

/** A run in the history that reads the prepared dataset of `digit`. */
function run(id: string, status: 'running' | 'completed' | 'stopped', digit = 'f'): void {
  const recipe = orThrow(
    parts.checkRecipe({ version: 1, model: { path: demoModel }, dataset: { path: '/a.jsonl' } }),
  );
  const hash = digit.repeat(64);
  parts.store.create(
    newRun(id, {
      name: `name of ${id}`,
      recipe,
      hashes: { model: hash, data: hash, template: hash, preparedDataset: hash },
      ownerPid: process.pid,
    }),
  );
  if (status === 'running') return;
  parts.store.finish(id, { ...ended, status });
}

async function itemOf(id: string) {
  return (await surveyDisk(parts, signal)).items.find(item => item.id === id);
}

it('proposes unused prepared datasets, and keeps those that a run reads or that were just used', async () => {
  run('r1', 'running', 'a');
  file(prepared('a'));
  file(prepared('b'));
  file(prepared('c'), 100, new Date());
  expect(await itemOf(prepared('a'))).toMatchObject({ cleanUp: 'keep', reason: 'A run under way reads it.' });
  expect(await itemOf(prepared('b'))).toMatchObject({ cleanUp: 'delete', isProposed: true, bytes: 100 });
  expect(await itemOf(prepared('c'))).toMatchObject({ cleanUp: 'keep' });
  const result = await cleanDisk(parts, [prepared('a'), prepared('b'), prepared('c')], { signal });
  expect(result.removed).toEqual([{ id: prepared('b'), bytes: 100, trashId: null }]);
  expect(result.kept.map(({ id }) => id)).toEqual([prepared('a'), prepared('c')]);
  expect(existsSync(join(workspace.home, prepared('a')))).toBe(true);
  expect(existsSync(join(workspace.home, prepared('b')))).toBe(false);
});

it('removes the checkpoints of completed runs, moves those of stopped ones to the trash, restores them', async () => {
  for (const [id, status] of [
    ['done', 'completed'],
    ['halted', 'stopped'],
    ['live', 'running'],
  ] as const) {
    run(id, status);
    file(`runs/${id}/checkpoints/step-00000001/state.bin`);
  }
  const idOf = (id: string) => `runs/${id}/checkpoints/step-00000001`;
  expect(await itemOf(idOf('done'))).toMatchObject({ isProposed: true, name: 'name of done, step 1' });
  expect(await itemOf(idOf('halted'))).toMatchObject({ isProposed: false, cleanUp: 'trash' });
  const result = await cleanDisk(parts, ['done', 'halted', 'live'].map(idOf), { signal });
  expect(result.kept).toEqual([{ id: idOf('live'), reason: 'Its run is under way.' }]);
  expect(result.freedBytes).toBe(100);
  expect(parts.store.show('halted')?.checkpoints).toEqual([]);

  const trashId = result.removed.find(({ id }) => id === idOf('halted'))?.trashId ?? '';
  orThrow(restoreFromTrash(parts, trashId));
  expect(readFileSync(join(workspace.home, idOf('halted'), 'state.bin'))).toHaveLength(100);
  expect(parts.store.show('halted')?.checkpoints.map(({ step }) => step)).toEqual([1]);
  expect(restoreFromTrash(parts, trashId)).toMatchObject({ ok: false, error: { code: 'disk.notInTrash' } });
});

it('never overwrites what has taken the place of a trashed item', async () => {
  file('dropped/rows.jsonl');
  const { removed } = await cleanDisk(parts, ['dropped/rows.jsonl'], { signal });
  file('dropped/rows.jsonl', 7);
  expect(restoreFromTrash(parts, removed[0]?.trashId ?? '')).toMatchObject({
    ok: false,
    error: { code: 'disk.placeTaken' },
  });
  expect(statSync(join(workspace.home, 'dropped/rows.jsonl')).size).toBe(7);
});

it('follows no link, and takes nothing that is reached through one', async () => {
  const outside = join(workspace.directory, 'outside');
  mkdirSync(outside);
  const precious = join(outside, `${'d'.repeat(64)}.luthdata`);
  writeFileSync(precious, 'precious');
  utimesSync(precious, OLD, OLD);
  mkdirSync(join(workspace.home, 'cache'), { recursive: true });
  symlinkSync(outside, join(workspace.home, 'cache', 'prepared'));
  const report = await surveyDisk(parts, signal);
  expect(report.problems).toEqual([
    { path: join(report.home, 'cache', 'prepared'), message: 'It is a link, and links are not followed.' },
  ]);
  const result = await cleanDisk(
    parts,
    [prepared('d'), '../outside', `../outside/${'d'.repeat(64)}.luthdata`],
    { signal },
  );
  expect(result.removed).toEqual([]);
  expect(() => parts.homeFiles.remove(workspace.home, prepared('d'))).toThrow('not in the data folder');
  expect(() => parts.homeFiles.remove(workspace.home, '../outside')).toThrow('not in the data folder');
  expect(readFileSync(precious, 'utf8')).toBe('precious');
});

it('counts a file with two names once, and lists strange ones as they are', async () => {
  run('r1', 'stopped');
  const best = file('runs/r1/best-adapter.gguf', 1000);
  mkdirSync(join(workspace.home, 'runs/r1/checkpoints/step-00000002'), { recursive: true });
  linkSync(best, join(workspace.home, 'runs/r1/checkpoints/step-00000002/best-adapter.gguf'));
  file('runs/stray file');
  file('cache/prepared/ä\n?.luthdata');
  file('notes.txt');
  expect(await itemOf('runs/r1')).toMatchObject({ kind: 'run', bytes: 1000 });
  expect(await itemOf('runs/r1/checkpoints/step-00000002')).toMatchObject({ kind: 'checkpoint', bytes: 0 });
  for (const id of ['runs/stray file', 'cache/prepared/ä\n?.luthdata', 'notes.txt']) {
    expect(await itemOf(id)).toMatchObject({ kind: 'other', cleanUp: 'keep' });
  }
});

it('keeps the cache within its limit: the least recently used goes first, one in use never', async () => {
  run('r1', 'running', 'a');
  file(prepared('a'), 400, new Date('2026-01-01T00:00:00Z'));
  file(prepared('b'), 400, new Date('2026-01-03T00:00:00Z'));
  file(prepared('c'), 400, new Date('2026-01-02T00:00:00Z'));
  const gone = orThrow(await setCacheLimit(parts, 900, signal)).removed.map(({ id }) => id);
  expect(gone).toEqual([prepared('c')]);
  orThrow(await setCacheLimit(parts, 1, signal));
  expect((await surveyDisk(parts, signal)).items.filter(({ kind }) => kind === 'prepared')).toMatchObject([
    { id: prepared('a'), cleanUp: 'keep' },
  ]);
  writeFileSync(join(workspace.home, 'settings.json'), '{ broken');
  expect((await limitCache(parts, signal)).removed).toEqual([]);
});

it('shows, cleans, limits and restores on the command line; a dry run changes nothing', async () => {
  file(prepared('b'), 2048);
  file('dropped/rows.jsonl');
  const disk = (...args: string[]) => runLuthier('disk', ...args, '--home', workspace.home, '--json');
  const dry = await disk('clean', '--dry-run');
  expect(dry.json).toMatchObject([{ items: [{ id: prepared('b') }], freedBytes: 2048 }]);
  expect(existsSync(join(workspace.home, prepared('b')))).toBe(true);
  expect((await disk('clean')).json).toMatchObject([{ freedBytes: 2048, kept: [] }]);
  const trashed = (await disk('clean', 'dropped/rows.jsonl')).json as { removed: { trashId: string }[] }[];
  expect(existsSync(join(workspace.home, 'dropped/rows.jsonl'))).toBe(false);
  expect((await disk('restore', trashed[0]?.removed[0]?.trashId ?? '')).code).toBe(0);
  expect(existsSync(join(workspace.home, 'dropped/rows.jsonl'))).toBe(true);
  await disk('limit', '1.5GiB');
  expect((await disk('list')).json).toMatchObject([{ cacheLimitBytes: 1.5 * 2 ** 30 }]);
  const models = (await disk('models', dirname(demoModel))).json as {
    items: { path: string; bytes: number }[];
  }[];
  expect(models[0]?.items.find(({ path }) => path === demoModel)?.bytes).toBe(statSync(demoModel).size);
  expect((await disk('limit', 'lots')).code).toBe(2);
  expect((await disk('clean', 'nowhere')).code).toBe(2);
}, 60_000);

it('a clean-up is stopped before its next item, and answers with what it did and what it left', async () => {
  const face = createBackendFace(parts);
  const ids = ['a', 'b', 'c', 'd'].map(prepared);
  for (const id of ids) file(id);
  const heard: number[] = [];
  const watch = face.subscribe('work.progress', { workId: 'clean' }, event => {
    heard.push((event as { done: number }).done);
    void face.call('disk.stop', { workId: 'clean' }, signal);
  });
  const answer = await face.call('disk.clean', { ids, workId: 'clean' }, signal);
  if (watch.ok) watch.subscription.unsubscribe();
  const { removed, kept } = (answer.ok ? answer.value : null) as CleanResult;
  expect(heard[0]).toBe(0);
  expect(removed.length + kept.length).toBe(4);
  expect(kept.length).toBeGreaterThan(0);
  for (const { reason } of kept) expect(reason).toBe('The clean-up was stopped before it.');
  const left = ids.filter(id => existsSync(join(workspace.home, id)));
  expect(left).toEqual(kept.map(({ id }) => id));
  expect(await face.call('disk.stop', { workId: 'clean' }, signal)).toEqual({ ok: true, value: {} });
});
