/** A damaged history is set aside under another name, and what can be read of it goes into a new one. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { migrate, versionOf } from './migrate.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { copyReadableRows, type RescuedRows } from './rescue-rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export interface Salvage extends RescuedRows {
  /** Where the damaged file is now. */
  readonly setAside: string;
  /** What SQLite said about it. */
  readonly damage: string;
}

/** Another process may be at it. */
const WAIT_MS = 120_000;
/** Checked whole whenever they are opened; larger ones once an error was met in them. */
const SMALL_BYTES = 16 * 2 ** 20;

export function isDamage(error: unknown): boolean {
  const code = error instanceof Database.SqliteError ? error.code : '';
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}

/** Has the history checked whole at the next start, however large it is. */
export function suspectDamage(path: string): void {
  writeFileSync(
    suspicionOf(path),
    'Reading this history met damage; it is checked when it is opened again.\n',
  );
}

function suspicionOf(path: string): string {
  return `${path}.suspect`;
}

/**
 * Null where the history is whole, as far as it is looked at, or another process has salvaged it meanwhile. Throws
 * where the file system does, and while another process has a damaged history open.
 */
export function salvageHistory(path: string, now: Date): Salvage | null {
  if (damageOf(path) === null) return null;
  const lock = new Database(`${path}.salvaging`, { timeout: WAIT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    const damage = damageOf(path);
    return damage === null ? null : { damage, ...replaceHistory(path, now) };
  } finally {
    lock.close();
  }
}

function damageOf(path: string): string | null {
  if (!existsSync(path)) return null;
  try {
    return reading(path, database => {
      versionOf(database);
      database.prepare('SELECT count(*) FROM sqlite_master').get();
      if (statSync(path).size > SMALL_BYTES && !existsSync(suspicionOf(path))) return null;
      const found = String(database.pragma('quick_check(1)', { simple: true }));
      if (found !== 'ok') return found;
      rmSync(suspicionOf(path), { force: true });
      return null;
    });
  } catch (error) {
    if (!isDamage(error)) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

function reading<T>(path: string, read: (database: SqliteDatabase) => T, isAlone = false): T {
  const database = new Database(path, { timeout: 5000 });
  try {
    // Fails as busy where another connection is open.
    if (isAlone) database.pragma('locking_mode = EXCLUSIVE');
    return read(database);
  } finally {
    database.close();
  }
}

function replaceHistory(path: string, now: Date): Omit<Salvage, 'damage'> {
  const rescue = `${path}.rescue`;
  removeDatabase(rescue);
  const fresh = new Database(rescue);
  let rescued: RescuedRows = { runs: 0, steps: 0 };
  try {
    rescued = fill(fresh, path);
  } finally {
    fresh.close();
  }
  const setAside = freeName(`${path}.damaged-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, setAside + suffix);
  }
  renameSync(rescue, path);
  rmSync(suspicionOf(path), { force: true });
  return { setAside, ...rescued };
}

/**
 * SQLite reads nothing of a file that is shorter than its header says; a copy that is filled up with zeros can be read
 * up to where it was cut. Gives the path to read from.
 */
function filledUp(path: string): string {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  readSync(file, header, 0, HEADER_BYTES, 0);
  closeSync(file);
  const stored = header.readUInt16BE(16);
  const wholeBytes = (stored === 1 ? 65_536 : stored) * header.readUInt32BE(28);
  const isCut = header.toString('latin1', 0, 15) === 'SQLite format 3' && statSync(path).size < wholeBytes;
  if (!isCut) return path;
  const copy = `${path}.cut`;
  removeDatabase(copy);
  for (const suffix of ['', '-wal']) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  }
  truncateSync(copy, wholeBytes);
  return copy;
}

const HEADER_BYTES = 100;

/** The rows come in under the schema that they were written with, and are then brought up to the newest. */
function fill(fresh: SqliteDatabase, path: string): RescuedRows {
  let rescued: RescuedRows = { runs: 0, steps: 0 };
  const source = filledUp(path);
  try {
    rescued = reading(
      source,
      damaged => {
        const version = versionOf(damaged);
        if (version < 1 || version > SCHEMA_VERSION) return rescued;
        migrate(
          fresh,
          null,
          MIGRATIONS.filter(migration => migration.version <= version),
        );
        return copyReadableRows(damaged, fresh, version);
      },
      true,
    );
  } catch (error) {
    // Not even its first page can be read.
    if (!isDamage(error)) throw error;
  } finally {
    if (source !== path) removeDatabase(source);
  }
  migrate(fresh, null, MIGRATIONS);
  return rescued;
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

function freeName(path: string): string {
  let name = path;
  for (let i = 2; existsSync(name); i++) name = `${path}-${i}`;
  return name;
}
