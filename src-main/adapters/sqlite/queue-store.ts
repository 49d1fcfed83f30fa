/** The queue of runs in a database of its own, `queue.sqlite`: every process of a data folder reads and changes it. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import { type QueueItem, queueItemSchema } from '../../../src-shared/domain/queue.ts';
import { runParentSchema } from '../../../src-shared/domain/run.ts';
import type { ClaimedItem, NewQueueItem, RunQueue } from '../../backend/ports.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './migrations.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** A released step is never changed; a new one is added. */
export const QUEUE_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE queue (
        id TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        recipe TEXT NOT NULL,
        is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
        added_at TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('waiting', 'starting', 'blocked')),
        error TEXT,
        waiter_pid INTEGER,
        starter_pid INTEGER,
        beat_at TEXT NOT NULL,
        removed_at TEXT
      ) STRICT;
      CREATE INDEX queue_by_position ON queue (position);
    `,
  },
  { version: 2, sql: 'ALTER TABLE queue ADD COLUMN parent TEXT' },
];
const QUEUE_VERSION = 2;
const BUSY_TIMEOUT_MS = 5000;

interface QueueRow {
  readonly id: string;
  readonly name: string;
  readonly recipe: string;
  readonly isDemo: number;
  readonly parent: string | null;
  readonly waiterPid: number | null;
}

/**
 * Opened at the first use, so that commands that have nothing to do with it leave no file. One that is damaged is put
 * aside as `<path>.damaged`. Throws a CodedException: `queue.newer`, `queue.unreadable`.
 */
export function createQueueStore(
  path: string,
  isAlive: (pid: number, beatAt: string) => boolean,
  now: () => Date,
): RunQueue {
  let database: SqliteDatabase | null = null;
  const open = (): SqliteDatabase => {
    database ??= openQueue(path);
    return database;
  };
  const at = () => now().toISOString();
  const atomically = <T>(work: (queue: SqliteDatabase) => T): T => {
    const queue = open();
    return queue.transaction(() => work(queue)).immediate();
  };
  return {
    list: () => listItems(open()),
    isEmpty: () => database === null && !existsSync(path),
    add: item => atomically(queue => insertItem(queue, item, at())),
    move: (id, to) => atomically(queue => moveItem(queue, id, to)),
    putFirst: id =>
      changed(open(), `position = (SELECT min(position) - 1 FROM queue), error = NULL, ${TO_WAITING}`, id),
    remove: id => changed(open(), 'removed_at = ?', id, at()),
    restore(id) {
      const sql = `UPDATE queue SET removed_at = NULL, ${TO_WAITING} WHERE id = ? AND removed_at IS NOT NULL`;
      return open().prepare(sql).run(id).changes === 1;
    },
    claim: (pid, wanted) => atomically(queue => claimItem(queue, { pid, wanted, isAlive, at: at() })),
    giveBack: id => void changed(open(), TO_WAITING, id),
    block: (id, error) =>
      void changed(open(), `status = 'blocked', starter_pid = NULL, error = ?`, id, JSON.stringify(error)),
    finish: id => void open().prepare('DELETE FROM queue WHERE id = ?').run(id),
    beat: pid =>
      void open()
        .prepare('UPDATE queue SET beat_at = ? WHERE waiter_pid = ? OR starter_pid = ?')
        .run(at(), pid, pid),
    version: () => Number(open().pragma('data_version', { simple: true })),
    close() {
      database?.close();
      database = null;
    },
  };
}

const TO_WAITING = `status = 'waiting', starter_pid = NULL`;

function openQueue(path: string): SqliteDatabase {
  mkdirSync(dirname(path), { recursive: true });
  try {
    return openWhole(path);
  } catch (error) {
    if (!isDamage(error)) throw error instanceof CodedException ? error : unreadable(path, error);
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, `${path}${suffix}.damaged`);
    }
    return openWhole(path);
  }
}

function openWhole(path: string): SqliteDatabase {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.pragma('journal_mode = WAL');
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > QUEUE_VERSION) throw newer(path, version);
    migrate(database, null, QUEUE_MIGRATIONS);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT';
}

function listItems(database: SqliteDatabase): QueueItem[] {
  const rows = database
    .prepare(
      `SELECT id, name, added_at AS addedAt, status, error FROM queue WHERE removed_at IS NULL ORDER BY position`,
    )
    .all() as { error: string | null }[];
  return rows.map(row =>
    queueItemSchema.parse({ ...row, error: row.error === null ? null : JSON.parse(row.error) }),
  );
}

/** What was removed longer ago than anyone takes it back goes with the next addition. */
const KEEP_REMOVED_MS = 24 * 60 * 60_000;

function insertItem(database: SqliteDatabase, item: NewQueueItem, at: string): void {
  const forgotten = new Date(Date.parse(at) - KEEP_REMOVED_MS).toISOString();
  database.prepare('DELETE FROM queue WHERE removed_at < ?').run(forgotten);
  database
    .prepare(
      `INSERT INTO queue (id, position, name, recipe, is_demo, parent, added_at, status, waiter_pid, beat_at)
      SELECT @id, coalesce(max(position), 0) + 1, @name, @recipe, @isDemo, @parent, @at, 'waiting', @waiterPid, @at
      FROM queue`,
    )
    .run({
      id: item.id,
      name: item.recipe.name,
      recipe: JSON.stringify(item.recipe),
      isDemo: item.isDemo ? 1 : 0,
      parent: item.parent === null ? null : JSON.stringify(item.parent),
      waiterPid: item.waiterPid,
      at,
    });
}

function moveItem(database: SqliteDatabase, id: string, to: 'up' | 'down'): boolean {
  const rows = database
    .prepare('SELECT id, position FROM queue WHERE removed_at IS NULL ORDER BY position')
    .all() as { id: string; position: number }[];
  const index = rows.findIndex(row => row.id === id);
  const moved = rows[index];
  if (!moved) return false;
  const other = rows[to === 'up' ? index - 1 : index + 1];
  if (!other) return true;
  const place = database.prepare('UPDATE queue SET position = ? WHERE id = ?');
  place.run(other.position, moved.id);
  place.run(moved.position, other.id);
  return true;
}

function changed(database: SqliteDatabase, set: string, id: string, ...values: string[]): boolean {
  const sql = `UPDATE queue SET ${set} WHERE id = ? AND removed_at IS NULL`;
  return database.prepare(sql).run(...values, id).changes === 1;
}

interface Claim {
  readonly pid: number;
  readonly wanted: string | null;
  readonly at: string;
  isAlive(pid: number, beatAt: string): boolean;
}

function claimItem(database: SqliteDatabase, { pid, wanted, isAlive, at }: Claim): ClaimedItem | null {
  freeFromTheDead(database, isAlive);
  const items = 'FROM queue WHERE removed_at IS NULL AND status =';
  if (database.prepare(`SELECT 1 ${items} 'starting'`).get() !== undefined) return null;
  const first = database
    .prepare(
      `SELECT id, name, recipe, is_demo AS isDemo, parent, waiter_pid AS waiterPid ${items} 'waiting'
      ORDER BY position LIMIT 1`,
    )
    .get() as QueueRow | undefined;
  if (!first || (wanted === null ? first.waiterPid !== null : first.id !== wanted)) return null;
  database
    .prepare(`UPDATE queue SET status = 'starting', starter_pid = ?, beat_at = ? WHERE id = ?`)
    .run(pid, at, first.id);
  return {
    id: first.id,
    recipe: JSON.parse(first.recipe),
    isDemo: first.isDemo === 1,
    parent: first.parent === null ? null : runParentSchema.parse(JSON.parse(first.parent)),
  };
}

/** A process that was to start an item and is gone leaves it waiting; one that waited itself takes it along. */
function freeFromTheDead(database: SqliteDatabase, isAlive: Claim['isAlive']): void {
  const owned = database
    .prepare(
      `SELECT id, waiter_pid AS waiterPid, starter_pid AS starterPid, beat_at AS beatAt FROM queue
      WHERE waiter_pid IS NOT NULL OR starter_pid IS NOT NULL`,
    )
    .all() as { id: string; waiterPid: number | null; starterPid: number | null; beatAt: string }[];
  for (const { id, waiterPid, starterPid, beatAt } of owned) {
    if (waiterPid !== null && !isAlive(waiterPid, beatAt)) {
      database.prepare('DELETE FROM queue WHERE id = ?').run(id);
    } else if (starterPid !== null && !isAlive(starterPid, beatAt)) {
      database.prepare(`UPDATE queue SET ${TO_WAITING} WHERE id = ?`).run(id);
    }
  }
}

function newer(path: string, version: number): CodedException {
  return new CodedException({
    code: 'queue.newer',
    title: 'The queue was made by a later version of Luthier.',
    cause: `${path} has schema ${version}, this version reads up to ${QUEUE_VERSION}.`,
    remedy: 'Use the later version, or another folder with --home.',
  });
}

function unreadable(path: string, error: unknown): CodedException {
  return new CodedException({
    code: 'queue.unreadable',
    title: 'The queue cannot be opened.',
    cause: `${path}: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Check the rights on the folder, or use another one with --home.',
  });
}
