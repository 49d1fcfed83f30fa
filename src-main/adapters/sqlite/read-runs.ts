/** Finds, sorts and counts runs by what stands in their narrow rows: documents and steps are not read. */

import { type RunSummary, runSummarySchema } from '../../../src-shared/domain/run.ts';
import type { RunSortKey, RunsChoice, RunsPage } from '../../../src-shared/domain/run-list.ts';
import type { RunStore } from '../../backend/ports.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const SUMMARY = `id, name, status, paused, created_at AS createdAt, ended_at AS endedAt, model_name AS modelName,
  data_name AS dataName, masking, planned_steps AS plannedSteps, steps_done AS stepsDone, first_loss AS firstLoss,
  last_loss AS lastLoss, duration_ms AS durationMs, last_evaluation_loss AS lastEvaluationLoss,
  best_evaluation_loss AS bestEvaluationLoss, trained_tokens AS trainedTokens, memory_bytes AS memoryBytes,
  estimated_memory_bytes AS estimatedMemoryBytes, tags, pinned, parent_kind AS parentKind, parent_id AS parentId,
  sparkline`;

interface SummaryRow {
  readonly paused: number;
  readonly tags: string;
  readonly pinned: number;
  readonly parentKind: string | null;
  readonly parentId: string | null;
  readonly sparkline: string;
}

/** What may follow ORDER BY: no word of a question ever becomes SQL. */
const SORTED_BY = {
  status: 'status',
  name: 'name COLLATE NOCASE',
  modelName: 'model_name COLLATE NOCASE',
  dataName: 'data_name COLLATE NOCASE',
  masking: 'masking',
  stepsDone: 'steps_done',
  lastLoss: 'last_loss',
  durationMs: 'duration_ms',
  createdAt: 'created_at',
} as const satisfies Record<RunSortKey, string>;

export function createRunsReader(
  database: SqliteDatabase,
): Pick<RunStore, 'page' | 'ids' | 'underWay' | 'names'> {
  const total = database.prepare('SELECT count(*) FROM runs WHERE deleted_at IS NULL').pluck();
  const underWay = database.prepare(
    `SELECT ${SUMMARY} FROM runs WHERE status IN ('running', 'draft') AND deleted_at IS NULL ORDER BY created_at DESC, id DESC`,
  );
  const names = database.prepare('SELECT id, name, status FROM runs WHERE deleted_at IS NULL');

  function select(columns: string, choice: RunsChoice, tail = '') {
    const { where, values } = conditionsOf(choice);
    return { statement: database.prepare(`SELECT ${columns} FROM runs WHERE ${where} ${tail}`), values };
  }

  return {
    page: question =>
      database.transaction((): RunsPage => {
        const { offset, count } = question;
        const matching = select('count(*)', question);
        const page = select(SUMMARY, question, `${orderOf(question)} LIMIT @count OFFSET @offset`);
        return {
          runs: (page.statement.all({ ...page.values, count, offset }) as SummaryRow[]).map(summaryOf),
          matches: Number(matching.statement.pluck().get(matching.values)),
          total: Number(total.get()),
        };
      })(),
    ids: question => {
      const { offset, count } = question;
      const found = select('id', question, `${orderOf(question)} LIMIT @count OFFSET @offset`);
      return found.statement.pluck().all({ ...found.values, count, offset }) as string[];
    },
    underWay: () => (underWay.all() as SummaryRow[]).map(summaryOf),
    names: () =>
      new Map((names.all() as Pick<RunSummary, 'id' | 'name' | 'status'>[]).map(run => [run.id, run])),
  };
}

function summaryOf({ parentKind, parentId, ...row }: SummaryRow): RunSummary {
  return runSummarySchema.parse({
    ...row,
    paused: row.paused === 1,
    pinned: row.pinned === 1,
    tags: JSON.parse(row.tags),
    sparkline: JSON.parse(row.sparkline),
    parent: parentKind === null ? null : { kind: parentKind, id: parentId },
  });
}

function conditionsOf({ text, statuses, ids }: RunsChoice): {
  readonly where: string;
  readonly values: Readonly<Record<string, string>>;
} {
  const conditions = ['deleted_at IS NULL'];
  const values: Record<string, string> = {};
  for (const [i, word] of text.toLowerCase().split(/\s+/).filter(Boolean).entries()) {
    conditions.push(`(instr(search, @word${i}) > 0 OR instr(status, @word${i}) > 0)`);
    values[`word${i}`] = word;
  }
  const among = (column: string, name: string, wanted: readonly string[]) => {
    conditions.push(`${column} IN (SELECT value FROM json_each(@${name}))`);
    values[name] = JSON.stringify(wanted);
  };
  if (statuses.length > 0) among('status', 'statuses', statuses);
  if (ids !== null) among('id', 'ids', ids);
  return { where: conditions.join(' AND '), values };
}

function orderOf({ sorting: { key, isDescending } }: RunsChoice): string {
  const column = SORTED_BY[key];
  const direction = isDescending ? 'DESC' : 'ASC';
  return `ORDER BY ${column} IS NULL, ${column} ${direction}, created_at DESC, id DESC`;
}
