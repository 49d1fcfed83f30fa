/** An import, or an erasure for good, that ends in the middle leaves each run whole or gone: counted, not timed. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseRuns } from '../src-main/backend/history/erase-runs.ts';
import { importRuns } from '../src-main/backend/history/import-runs.ts';
import { orThrow } from '../src-shared/contract/coded-error.ts';
import { openParts } from './backend.ts';
import { copiedAtEveryStep } from './every-step.ts';
import { createWorkspace, runLuthier, startLuthier } from './luthier-process.ts';
import { addPastRuns } from './past-runs.ts';

const workspace = createWorkspace('half-way');
afterAll(workspace.remove);

const RUNS = ['past-00000', 'past-00001', 'past-00002'];
/** The second run has no files: only the history knows it. */
const FILES = {
  'past-00000': ['adapter.gguf', 'checkpoints/step-12/state.bin', 'checkpoints/step-12/manifest.json'],
  'past-00001': [],
  'past-00002': ['adapter.gguf', 'trainer.log'],
} as const;

const full = join(workspace.directory, 'full');
let homes = 0;
function newHome(): string {
  const home = join(workspace.directory, `home-${homes++}`);
  mkdirSync(home);
  return home;
}

/** All three, deleted, with their files. */
function homeWithDeleted(): string {
  const home = newHome();
  cpSync(full, home, { recursive: true });
  withParts(home, ({ store }) => store.hide(RUNS, new Date().toISOString()));
  return home;
}

function withParts<T>(home: string, work: (parts: ReturnType<typeof openParts>) => T): T {
  const parts = openParts(home);
  const close = () => {
    parts.queue.close();
    parts.store.close();
  };
  const result = work(parts);
  if (result instanceof Promise) return result.finally(close) as T;
  close();
  return result;
}

beforeAll(() => {
  addPastRuns(full, RUNS.length);
  for (const [id, files] of Object.entries(FILES)) {
    for (const file of files) {
      const path = join(full, 'runs', id, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${id} ${file} `.repeat(100));
    }
  }
});

/** Opens the data folder as any start does, and says which runs are in it; fails where one is half there. */
function wholeRunsIn(home: string): { living: string[]; deleted: string[] } {
  return withParts(home, ({ store }) => {
    const [living, deleted] = [false, true].map(isDeleted => [...store.names(isDeleted).keys()].sort());
    const rows = new Set([...(living ?? []), ...(deleted ?? [])]);
    for (const id of rows) {
      expect(filesIn(join(home, 'runs', id)), id).toEqual(filesIn(join(full, 'runs', id)));
      store.unhide(deleted ?? []);
      expect(store.show(id)?.stepsDone, id).toBe(12);
      store.hide(deleted ?? [], new Date().toISOString());
    }
    const folders = existsSync(join(home, 'runs')) ? readdirSync(join(home, 'runs')) : [];
    expect(folders.filter(name => !rows.has(name))).toEqual([]);
    expect(readdirSync(home).filter(name => name.includes('partial'))).toEqual([]);
    return { living: living ?? [], deleted: deleted ?? [] };
  });
}

function filesIn(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = (readdirSync(folder, { recursive: true }) as string[]).sort();
  const files = names.filter(name => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map(name => [name, readFileSync(join(folder, name), 'utf8')]));
}

const importInto = (home: string, options: Partial<Parameters<typeof importRuns>[2]> = {}) =>
  withParts(home, parts => importRuns(parts, full, { signal: new AbortController().signal, ...options }));

describe('an import', () => {
  it('that is killed before any of its steps leaves whole runs, and goes on when it is repeated', async () => {
    const { signal } = new AbortController();
    const killed = await withParts(newHome(), parts =>
      copiedAtEveryStep(parts, onProgress => importRuns(parts, full, { signal, onProgress })),
    );
    const counts = new Set<number>();
    for (const home of killed) {
      const { living, deleted } = wholeRunsIn(home);
      expect(deleted).toEqual([]);
      counts.add(living.length);
      const repeated = orThrow(await importInto(home));
      expect(repeated).toMatchObject({ known: living.length, problems: [] });
      expect(wholeRunsIn(home).living).toEqual(RUNS);
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3]);
  });

  it.each([1, 2, 4, 6, 8])('that is stopped at word %d of its progress leaves whole runs', async word => {
    const home = newHome();
    const stop = new AbortController();
    let words = 0;
    const ended = await importInto(home, {
      signal: stop.signal,
      onProgress: () => ++words === word && stop.abort(),
    });
    expect(ended).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
    expect(words).toBe(word);
    expect(wholeRunsIn(home).living.length).toBeLessThan(RUNS.length);
    expect(orThrow(await importInto(home)).problems).toEqual([]);
    expect(wholeRunsIn(home).living).toEqual(RUNS);
  });

  it('of a process that is really killed while it copies leaves nothing of the run, and can be repeated', async () => {
    const [source, home] = [newHome(), newHome()];
    cpSync(full, source, { recursive: true });
    // Takes a while to copy, and no room: it is a hole.
    truncateSync(join(source, 'runs', 'past-00002', 'adapter.gguf'), 1 << 30);
    mkdirSync(join(home, 'runs'));
    const running = startLuthier(['runs', 'import', source, '--home', home]);
    const watcher = watch(join(home, 'runs'), { recursive: true }, (_kind, name) => {
      if (!String(name).startsWith('past-00002')) return;
      watcher.close();
      process.kill(-(running.child.pid ?? 0), 'SIGKILL');
    });
    expect((await running.finished).signal).toBe('SIGKILL');
    expect(readdirSync(join(home, 'runs')).filter(name => name.startsWith('past-00002'))).toEqual([
      expect.stringMatching(/^past-00002\..*\.partial$/),
    ]);
    expect(wholeRunsIn(home).living).toEqual(['past-00000', 'past-00001']);
    expect((await runLuthier('runs', 'import', full, '--home', home)).code).toBe(0);
    expect(wholeRunsIn(home).living).toEqual(RUNS);
  });

  it('takes no run that was deleted where it comes from, and nothing that is on its way', async () => {
    const source = homeWithDeleted();
    cpSync(join(full, 'runs', 'past-00000'), join(source, 'runs', 'past-00000.1-0123abcd.removed'), {
      recursive: true,
    });
    const home = newHome();
    const report = await withParts(home, parts =>
      importRuns(parts, source, { signal: new AbortController().signal }),
    );
    expect(orThrow(report)).toEqual({ imported: [], known: 0, problems: [] });
  });
});

describe('an erasure for good', () => {
  it('that is killed before any of its steps leaves runs that are deleted and whole, or gone', async () => {
    const { signal } = new AbortController();
    const killed = await withParts(homeWithDeleted(), parts =>
      copiedAtEveryStep(parts, onProgress => eraseRuns(parts, RUNS, { signal, onProgress })),
    );
    const counts = new Set<number>();
    for (const home of killed) {
      const { living, deleted } = wholeRunsIn(home);
      expect(living).toEqual([]);
      counts.add(deleted.length);
      if (deleted.length > 0) {
        const repeated = orThrow(await withParts(home, parts => eraseRuns(parts, deleted, { signal })));
        expect(repeated).toMatchObject({ erased: deleted, kept: [] });
      }
      expect(wholeRunsIn(home)).toEqual({ living: [], deleted: [] });
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3]);
  });

  it.each([1, 2, 3])('that is stopped at word %d of its progress says what it did', async word => {
    const home = homeWithDeleted();
    const stop = new AbortController();
    let words = 0;
    const onProgress = () => ++words === word && stop.abort();
    const result = orThrow(
      await withParts(home, parts => eraseRuns(parts, RUNS, { signal: stop.signal, onProgress })),
    );
    expect(result.erased).toEqual(RUNS.slice(0, word - 1));
    expect(result.kept.map(({ id }) => id)).toEqual(RUNS.slice(word - 1));
    expect(wholeRunsIn(home).deleted).toEqual(RUNS.slice(word - 1));
  });
});
