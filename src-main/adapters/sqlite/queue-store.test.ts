import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRecipe } from '../../../src-shared/recipe/faults.ts';
import type { RunQueue } from '../../backend/ports.ts';
import { createQueueStore, QUEUE_MIGRATIONS } from './queue-store.ts';

const parsed = parseRecipe({
  version: 1,
  name: 'a run',
  model: { path: '/m' },
  dataset: { path: '/d.jsonl' },
});
if (!parsed.ok) throw new Error('the recipe of the test is wrong');
const { recipe } = parsed;

let directory = '';
let path = '';
const opened: RunQueue[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'luthier-queue-'));
  path = join(directory, 'queue.sqlite');
});
afterEach(() => {
  for (const queue of opened.splice(0)) queue.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(isAlive: (pid: number) => boolean = () => true): RunQueue {
  const queue = createQueueStore(path, isAlive, () => new Date());
  opened.push(queue);
  return queue;
}

function filled(...ids: string[]): RunQueue {
  const queue = open();
  for (const id of ids) queue.add({ id, recipe, isDemo: false, parent: null, waiterPid: null });
  return queue;
}

const idsOf = (queue: RunQueue) => queue.list().map(({ id }) => id);

describe('the queue', () => {
  it('keeps its order, and what is moved, through closing and opening', () => {
    const queue = filled('a', 'b', 'c');
    expect(queue.move('c', 'up')).toBe(true);
    expect(queue.putFirst('b')).toBe(true);
    queue.close();
    expect(idsOf(open())).toEqual(['b', 'a', 'c']);
  });

  it('leaves the order alone at its ends, and knows no item that is not there', () => {
    const queue = filled('a', 'b');
    expect(queue.move('a', 'up')).toBe(true);
    expect(queue.move('b', 'down')).toBe(true);
    expect(queue.move('x', 'up')).toBe(false);
    expect(queue.remove('x')).toBe(false);
    expect(idsOf(queue)).toEqual(['a', 'b']);
  });

  it('gives back what was removed, at its place', () => {
    const queue = filled('a', 'b', 'c');
    queue.remove('b');
    expect(idsOf(queue)).toEqual(['a', 'c']);
    expect(queue.restore('b')).toBe(true);
    expect(queue.restore('b')).toBe(false);
    expect(idsOf(queue)).toEqual(['a', 'b', 'c']);
  });

  it('starts one item at a time and passes over blocked ones', () => {
    const queue = filled('a', 'b');
    expect(queue.claim(1, null)?.id).toBe('a');
    expect(queue.claim(2, null)).toBeNull();
    const error = { code: 'preflight.blocked', title: 'No.', cause: 'So.', remedy: 'Mend it.' };
    queue.block('a', error);
    expect(queue.list()[0]).toMatchObject({ status: 'blocked', error });
    expect(queue.claim(2, null)?.id).toBe('b');
    queue.finish('b');
    queue.putFirst('a');
    expect(queue.list()[0]).toMatchObject({ id: 'a', status: 'waiting', error: null });
  });

  it('leaves an item to the process that waits for it, and forgets it with the process', () => {
    let isAlive = true;
    const queue = open(() => isAlive);
    queue.add({ id: 'own', recipe, isDemo: false, parent: null, waiterPid: 7 });
    queue.add({ id: 'next', recipe, isDemo: true, parent: { kind: 'again', id: 'r1' }, waiterPid: null });
    expect(queue.claim(1, null)).toBeNull();
    expect(queue.claim(7, 'next')).toBeNull();
    isAlive = false;
    expect(queue.claim(1, null)).toEqual({
      id: 'next',
      recipe,
      isDemo: true,
      parent: { kind: 'again', id: 'r1' },
    });
    expect(idsOf(queue)).toEqual(['next']);
  });

  it('lets an item wait again whose process died while it was starting it', () => {
    const queue = filled('a');
    queue.claim(7, null);
    queue.close();
    expect(open(() => false).claim(1, null)?.id).toBe('a');
  });

  it('tells that another process changed it', () => {
    const queue = filled('a');
    const before = queue.version();
    open().remove('a');
    expect(queue.version()).not.toBe(before);
  });

  it('puts a damaged file aside, and refuses one of a later version', () => {
    writeFileSync(path, 'this is no database, and long enough to be read as one.'.repeat(40));
    expect(idsOf(filled('a'))).toEqual(['a']);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toContain('no database');
    for (const queue of opened.splice(0)) queue.close();
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    expect(() => open().list()).toThrow('queue.newer');
  });

  it('keeps what waits in a queue of the first schema', () => {
    const old = new Database(path);
    old.exec(QUEUE_MIGRATIONS[0]?.sql ?? '');
    old.pragma('user_version = 1');
    old
      .prepare(
        `INSERT INTO queue (id, position, name, recipe, is_demo, added_at, status, beat_at)
        VALUES ('a', 1, 'a run', ?, 0, ?, 'waiting', ?)`,
      )
      .run(JSON.stringify(recipe), new Date().toISOString(), new Date().toISOString());
    old.close();
    expect(open().claim(1, null)).toEqual({ id: 'a', recipe, isDemo: false, parent: null });
  });

  it('makes no file before something is put into it', () => {
    expect(open().isEmpty()).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('gives each item to one of two processes that take at the same time', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `item-${i}`);
    filled(...ids).close();
    const taken = await Promise.all([takeAll(path), takeAll(path)]);
    expect(taken.flat().sort()).toEqual([...ids].sort());
  });
});

/** Another process that claims and finishes items until none is left; gives those that it had. */
async function takeAll(file: string): Promise<string[]> {
  const store = new URL('queue-store.ts', import.meta.url);
  const script = `
    const { createQueueStore } = await import(${JSON.stringify(store.href)});
    const queue = createQueueStore(${JSON.stringify(file)}, () => true, () => new Date());
    const mine = [];
    while (queue.list().length > 0) {
      const item = queue.claim(process.pid, null);
      if (item === null) continue;
      mine.push(item.id);
      queue.finish(item.id);
    }
    queue.close();
    console.log(JSON.stringify(mine));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    text += chunk;
  });
  await new Promise(resolve => child.once('close', resolve));
  return JSON.parse(text);
}
