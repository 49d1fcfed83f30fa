/** One question to a history in SQL, over a connection that cannot write. */
import Database from 'better-sqlite3';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { QueryAnswer } from '../../backend/ports.ts';

const BUSY_TIMEOUT_MS = 5000;

/** Errors: `sql.readOnly`, `sql.oneStatement`, `sql.invalid`. */
export function queryHistory(path: string, sql: string, maxRows: number): Outcome<QueryAnswer> {
  const verb = firstWord(sql);
  if (!READING_VERBS.has(verb)) return fail(readOnly(`It begins with ${verb === '' ? 'no word' : verb}.`));
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    database.pragma('query_only = ON');
    const statement = database.prepare(sql);
    if (!statement.reader || !statement.readonly) return fail(readOnly('It would change something.'));
    const columns = statement.columns().map(({ name }) => name);
    const rows: QueryAnswer['rows'][number][] = [];
    for (const row of statement.raw().iterate() as Iterable<unknown[]>) {
      if (rows.length === maxRows) return ok({ columns, rows, isCut: true });
      rows.push(row.map(plainValue));
    }
    return ok({ columns, rows, isCut: false });
  } catch (error) {
    // better-sqlite3 tells several statements, none, and values that are not given apart by words only.
    if (error instanceof RangeError && /statement/.test(error.message)) return fail(oneStatement());
    if (ASKED_WRONGLY.some(kind => error instanceof kind)) return fail(invalid((error as Error).message));
    throw error;
  } finally {
    database.close();
  }
}

const ASKED_WRONGLY = [Database.SqliteError, RangeError, TypeError] as const;

const READING_VERBS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'EXPLAIN']);

/** In capitals; comments and white space before it are left out. */
function firstWord(sql: string): string {
  const [, word = ''] = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*([a-z]*)/i.exec(sql) ?? [];
  return word.toUpperCase();
}

function plainValue(value: unknown): string | number | null {
  if (typeof value === 'number' || typeof value === 'string' || value === null) return value;
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

function readOnly(cause: string): CodedError {
  return {
    code: 'sql.readOnly',
    title: 'The history is only read.',
    cause,
    remedy:
      'Ask with SELECT, WITH, VALUES or EXPLAIN. Runs are changed by `luthier runs rename`, `tag` and `note`.',
  };
}

function oneStatement(): CodedError {
  return {
    code: 'sql.oneStatement',
    title: 'One question at a time.',
    cause: 'There is no statement, or there are several.',
    remedy: 'Ask them one after the other.',
  };
}

function invalid(message: string): CodedError {
  return {
    code: 'sql.invalid',
    title: 'SQLite does not understand the question.',
    cause: message,
    remedy: "The tables: SELECT name, sql FROM sqlite_master WHERE type = 'table'.",
  };
}
