/** Opens the history's database: migrated, backed up before a migration, safe for two processes. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { migrate, versionOf } from './migrate.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** How long a second process waits for the first one's write. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * Errors: `history.newer` (made by a later version), `history.unreadable` (damaged, or no rights).
 * Before a migration the file is copied to `<path>.v<old>.backup`.
 */
export function openDatabase(path: string): Outcome<SqliteDatabase> {
  let database: SqliteDatabase | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const existed = existsSync(path);
    database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    const version = versionOf(database);
    if (version > SCHEMA_VERSION) {
      database.close();
      return fail(newer(path, version));
    }
    if (version < SCHEMA_VERSION)
      migrate(database, existed && version > 0 ? `${path}.v${version}.backup` : null, MIGRATIONS);
    return ok(database);
  } catch (error) {
    database?.close();
    return fail(unreadable(path, error));
  }
}

function newer(path: string, version: number): CodedError {
  return {
    code: 'history.newer',
    title: 'The history was made by a later version of Luthier.',
    cause: `${path} has schema ${version}, this version reads up to ${SCHEMA_VERSION}.`,
    remedy: 'Use the later version, or another folder with --home.',
  };
}

export function unreadable(path: string, error: unknown): CodedError {
  return {
    code: 'history.unreadable',
    title: 'The history cannot be opened.',
    cause: `${path}: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Check the rights on the folder, or use another one with --home.',
  };
}
