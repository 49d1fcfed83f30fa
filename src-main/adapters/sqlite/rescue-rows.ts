/** Reads what can be read of a damaged history: a range of rows that fails is halved until the readable ones are out. */

import { NO_TOTALS } from '../../../src-shared/domain/preflight.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { createBucketWriter } from './step-buckets.ts';
import { createSummariser } from './summarise-run.ts';

export interface RescuedRows {
  readonly runs: number;
  readonly steps: number;
}

type Row = Readonly<Record<string, unknown>>;

/** Rows are asked for by these many numbers at once. */
const AT_ONCE = 4096;
/** Where not even the number of the last row can be read. */
const MOST_ROWS = 100_000;
/** The first schema with documents in a table of their own, and with sums. */
const SUMMED_UP = 4;
/** The first one that keeps views. */
const WITH_VIEWS = 6;

/** `fresh` is empty and has the schema of `version`, as the damaged one. */
export function copyReadableRows(
  damaged: SqliteDatabase,
  fresh: SqliteDatabase,
  version: number,
): RescuedRows {
  return fresh
    .transaction((): RescuedRows => {
      const runs = rowsByNumber(damaged, 'runs', 'rowid').filter(writerOf(fresh, 'runs'));
      let steps = 0;
      for (const run of runs) {
        const id = String(run['id']);
        if (version >= SUMMED_UP) copyDocuments(damaged, fresh, id);
        for (const table of ['steps', 'evaluations', 'checkpoints', 'samples']) {
          const write = writerOf(fresh, table);
          const copied = rowsOfRun(damaged, table, run).filter(write).length;
          if (table === 'steps') steps += copied;
        }
      }
      for (const table of ['warnings', 'resumptions']) {
        rowsByNumber(damaged, table, 'id').filter(writerOf(fresh, table));
      }
      if (version >= WITH_VIEWS) rowsByNumber(damaged, 'views', 'rowid').filter(writerOf(fresh, 'views'));
      if (version >= SUMMED_UP) sumUp(fresh);
      return { runs: runs.length, steps };
    })
    .immediate();
}

/** Says whether a row could be written: one with damaged values, or of a run that is lost, cannot. */
function writerOf(fresh: SqliteDatabase, table: string): (row: Row) => boolean {
  const columns = fresh.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all() as string[];
  if (columns.length === 0) return () => false;
  const insert = fresh.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(name => `@${name}`).join(', ')})`,
  );
  return row => orNothing(() => insert.run(row).changes > 0) ?? false;
}

function rowsByNumber(damaged: SqliteDatabase, table: string, number: string): Row[] {
  const between = orNothing(() =>
    damaged.prepare(`SELECT * FROM ${table} WHERE ${number} BETWEEN ? AND ? ORDER BY ${number}`),
  );
  const last = orNothing(() => damaged.prepare(`SELECT max(${number}) FROM ${table}`).pluck().get());
  const to = last === null ? 0 : (last ?? MOST_ROWS);
  return between === undefined ? [] : readable((a, b) => between.all(a, b) as Row[], 1, Number(to));
}

function rowsOfRun(damaged: SqliteDatabase, table: string, run: Row): Row[] {
  const id = run['id'];
  const between = orNothing(() =>
    damaged.prepare(`SELECT * FROM ${table} WHERE run_id = ? AND step BETWEEN ? AND ? ORDER BY step`),
  );
  const last = orNothing(() =>
    damaged.prepare(`SELECT max(step) FROM ${table} WHERE run_id = ?`).pluck().get(id),
  );
  const to =
    last === null ? 0 : (last ?? Math.max(Number(run['planned_steps']), Number(run['steps_done'] ?? 0)));
  return between === undefined ? [] : readable((a, b) => between.all(id, a, b) as Row[], 0, Number(to));
}

function readable(read: (from: number, to: number) => Row[], from: number, to: number): Row[] {
  const rows: Row[] = [];
  const take = (first: number, last: number): void => {
    const found = orNothing(() => read(first, last));
    if (found) rows.push(...found);
    else if (first < last) {
      const middle = Math.floor((first + last) / 2);
      take(first, middle);
      take(middle + 1, last);
    }
  };
  for (let first = from; first <= to; first += AT_ONCE) take(first, Math.min(to, first + AT_ONCE - 1));
  return rows;
}

/** A run whose documents are lost keeps its name and its curves, with empty documents and a warning. */
function copyDocuments(damaged: SqliteDatabase, fresh: SqliteDatabase, id: string): void {
  const documents = orNothing(() => damaged.prepare('SELECT * FROM run_documents WHERE run_id = ?').get(id));
  if (
    documents !== undefined &&
    areWhole(documents as Row) &&
    writerOf(fresh, 'run_documents')(documents as Row)
  ) {
    return;
  }
  fresh
    .prepare('INSERT INTO run_documents VALUES (?, ?, ?, ?, ?)')
    .run(id, ...[{}, NO_HASHES, {}, NO_REPORT].map(part => JSON.stringify(part)));
  fresh
    .prepare(`INSERT INTO warnings (run_id, code, message) VALUES (?, 'history.salvaged', ?)`)
    .run(id, 'The history was damaged: the recipe of this run and its preflight report could not be read.');
}

function areWhole(documents: Row): boolean {
  const parts = ['recipe', 'hashes', 'versions', 'preflight'].map(name => String(documents[name]));
  return orNothing(() => parts.map(part => JSON.parse(part))) !== undefined;
}

const NO_HASHES = { model: '', data: '', template: '', preparedDataset: '' };
const NO_REPORT = {
  status: 'blocked',
  totals: NO_TOTALS,
  checks: [],
  estimate: { memoryBytes: 0, secondsPerStep: null, assumptions: [] },
};

/** Sums are made anew of the steps that are left. */
function sumUp(fresh: SqliteDatabase): void {
  const buckets = createBucketWriter(fresh);
  const summarise = createSummariser(fresh);
  const runs = fresh.prepare('SELECT run_id AS id, max(step) AS last FROM steps GROUP BY run_id').all();
  for (const { id, last } of runs as { id: string; last: number }[]) buckets.rebuild(id, 1, last);
  for (const id of fresh.prepare('SELECT id FROM runs').pluck().all() as string[]) summarise(id);
}

/** Undefined where the database cannot give or take it. */
function orNothing<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
