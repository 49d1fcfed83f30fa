/** Finds, sorts, groups and counts runs by what stands in their narrow rows: documents and steps are not read. */

import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type {
  RunFacet,
  RunGroup,
  RunGroupKey,
  RunSortKey,
  RunsChoice,
  RunsPage,
} from '../../../src-shared/domain/run-list.ts';
import type { RunStore } from '../../backend/ports.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const SUMMARY = `id, name, status, paused, created_at AS createdAt, ended_at AS endedAt, model_name AS modelName,
  data_name AS dataName, masking, rank, alpha, learning_rate AS learningRate, epochs,
  examples_per_step AS examplesPerStep, planned_steps AS plannedSteps, steps_done AS stepsDone,
  first_loss AS firstLoss, last_loss AS lastLoss, duration_ms AS durationMs,
  last_evaluation_loss AS lastEvaluationLoss, best_evaluation_loss AS bestEvaluationLoss,
  trained_tokens AS trainedTokens, memory_bytes AS memoryBytes, estimated_memory_bytes AS estimatedMemoryBytes,
  tags, pinned, parent_kind AS parentKind, parent_id AS parentId, sparkline`;

/** As the table's types and checks have it. */
interface SummaryRow extends Omit<RunSummary, 'paused' | 'tags' | 'pinned' | 'parent' | 'sparkline'> {
  readonly paused: number;
  readonly tags: string;
  readonly pinned: number;
  readonly parentKind: NonNullable<RunSummary['parent']>['kind'] | null;
  readonly parentId: string | null;
  readonly sparkline: string;
}

/** What may follow ORDER BY: no word of a question ever becomes SQL. */
const SORTED_BY = {
  status: 'status',
  name: 'name COLLATE NOCASE',
  lastLoss: 'last_loss',
  lastEvaluationLoss: 'last_evaluation_loss',
  bestEvaluationLoss: 'best_evaluation_loss',
  stepsDone: 'steps_done',
  modelName: 'model_name COLLATE NOCASE',
  dataName: 'data_name COLLATE NOCASE',
  masking: 'masking',
  rank: 'rank',
  alpha: 'alpha',
  learningRate: 'learning_rate',
  epochs: 'epochs',
  examplesPerStep: 'examples_per_step',
  trainedTokens: 'trained_tokens',
  memoryBytes: 'memory_bytes',
  durationMs: 'duration_ms',
  createdAt: 'created_at',
} as const satisfies Record<RunSortKey, string>;

const GROUPED_BY = {
  modelName: 'model_name',
  dataName: 'data_name',
  masking: 'masking',
  status: 'status',
} as const satisfies Record<RunGroupKey, string>;

/** Of each kind; a longer menu would help nobody. */
const MOST_FACETS = 1000;

export function createRunsReader(
  database: SqliteDatabase,
): Pick<RunStore, 'page' | 'ids' | 'facets' | 'underWay' | 'names'> {
  const underWay = database.prepare(
    `SELECT ${SUMMARY} FROM runs WHERE status IN ('running', 'draft') AND deleted_at IS NULL ORDER BY created_at DESC, id DESC`,
  );
  const names = database.prepare('SELECT id, name, status FROM runs WHERE (deleted_at IS NOT NULL) = ?');

  function select(columns: string, choice: RunsChoice, tail = '') {
    const { where, values } = conditionsOf(choice);
    return { statement: database.prepare(`SELECT ${columns} FROM runs WHERE ${where} ${tail}`), values };
  }

  /** In one pass over all runs. */
  function countsOf(choice: RunsChoice): Pick<RunsPage, 'matches' | 'total' | 'deleted'> {
    const { where, values } = conditionsOf(choice);
    const counts = database.prepare(
      `SELECT count(*) FILTER (WHERE ${where}) AS matches, count(*) FILTER (WHERE deleted_at IS NULL) AS total,
        count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted FROM runs`,
    );
    return counts.get(values) as Pick<RunsPage, 'matches' | 'total' | 'deleted'>;
  }

  function groupsOf(choice: RunsChoice): RunGroup[] {
    if (choice.group === null) return [];
    const column = GROUPED_BY[choice.group];
    const found = select(
      `${column} AS value, count(*) AS count, min(best_evaluation_loss) AS bestLoss`,
      choice,
      `GROUP BY ${column} ORDER BY ${groupOrder(column)}`,
    );
    return found.statement.all(found.values) as RunGroup[];
  }

  const facet = (from: string, value: string, isDeleted: boolean) =>
    database
      .prepare(
        `SELECT ${value} AS value, count(*) AS count FROM ${from} WHERE (deleted_at IS NOT NULL) = ?
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST_FACETS}`,
      )
      .all(isDeleted ? 1 : 0) as RunFacet[];

  return {
    page: question =>
      database.transaction((): RunsPage => {
        const { offset, count } = question;
        const { where, values } = conditionsOf(question);
        const order = orderOf(question);
        // Only what the order needs is sorted: whole rows would carry the curves of all runs along.
        const page = database.prepare(
          `SELECT ${SUMMARY} FROM runs WHERE rowid IN
            (SELECT rowid FROM runs WHERE ${where} ${order} LIMIT @count OFFSET @offset) ${order}`,
        );
        return {
          runs: (page.all({ ...values, count, offset }) as SummaryRow[]).map(summaryOf),
          ...countsOf(question),
          groups: groupsOf(question),
        };
      })(),
    ids: question => {
      const { offset, count } = question;
      const found = select('id', question, `${orderOf(question)} LIMIT @count OFFSET @offset`);
      return found.statement.pluck().all({ ...found.values, count, offset }) as string[];
    },
    facets: isDeleted =>
      database.transaction(() => ({
        statuses: facet('runs', 'status', isDeleted),
        models: facet('runs', 'model_name', isDeleted),
        data: facet('runs', 'data_name', isDeleted),
        tags: facet('runs, json_each(tags) AS tag', 'tag.value', isDeleted),
      }))(),
    underWay: () => (underWay.all() as SummaryRow[]).map(summaryOf),
    names: isDeleted =>
      new Map(
        (names.all(isDeleted ? 1 : 0) as Pick<RunSummary, 'id' | 'name' | 'status'>[]).map(run => [
          run.id,
          run,
        ]),
      ),
  };
}

function summaryOf({ parentKind, parentId, ...row }: SummaryRow): RunSummary {
  return {
    ...row,
    paused: row.paused === 1,
    pinned: row.pinned === 1,
    tags: JSON.parse(row.tags),
    sparkline: JSON.parse(row.sparkline),
    parent: parentKind === null || parentId === null ? null : { kind: parentKind, id: parentId },
  };
}

function conditionsOf({ text, statuses, models, data, tags, since, ids, isDeleted }: RunsChoice): {
  readonly where: string;
  readonly values: Readonly<Record<string, string>>;
} {
  const conditions = [isDeleted ? 'deleted_at IS NOT NULL' : 'deleted_at IS NULL'];
  const values: Record<string, string> = {};
  for (const [i, word] of text.toLowerCase().split(/\s+/).filter(Boolean).entries()) {
    conditions.push(`(instr(search, @word${i}) > 0 OR instr(status, @word${i}) > 0)`);
    values[`word${i}`] = word;
  }
  const among = (name: string, wanted: readonly string[], condition: (list: string) => string) => {
    conditions.push(condition(`(SELECT value FROM json_each(@${name}))`));
    values[name] = JSON.stringify(wanted);
  };
  if (statuses.length > 0) among('statuses', statuses, list => `status IN ${list}`);
  if (models.length > 0) among('models', models, list => `model_name IN ${list}`);
  if (data.length > 0) among('data', data, list => `data_name IN ${list}`);
  if (tags.length > 0)
    among(
      'tags',
      tags,
      list => `EXISTS (SELECT 1 FROM json_each(runs.tags) AS tag WHERE tag.value IN ${list})`,
    );
  if (since !== null) {
    conditions.push('created_at >= @since');
    values['since'] = since;
  }
  if (ids !== null) among('ids', ids, list => `id IN ${list}`);
  return { where: conditions.join(' AND '), values };
}

function orderOf({ sorting: { key, isDescending }, group }: RunsChoice): string {
  const column = SORTED_BY[key];
  const direction = isDescending ? 'DESC' : 'ASC';
  const grouped = group === null ? '' : `${groupOrder(GROUPED_BY[group])}, `;
  return `ORDER BY ${grouped}pinned DESC, ${column} IS NULL, ${column} ${direction}, created_at DESC, id DESC`;
}

/** Groups stand by letter whatever its case, and never mix where only that differs. */
function groupOrder(column: (typeof GROUPED_BY)[RunGroupKey]): string {
  return `${column} COLLATE NOCASE, ${column}`;
}
