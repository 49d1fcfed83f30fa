/** Reads a run's steps: as a curve with its extremes, in pages, or where the first one is missing. */
import type {
  MetricMeasure,
  MetricsQuestion,
  RunMetrics,
  StepPage,
} from '../../../src-shared/domain/run-metrics.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { BUCKET_SIZES } from './step-buckets.ts';

const STEP_COLUMNS = {
  step: 'step',
  epoch: 'epoch',
  loss: 'loss',
  learningRate: 'learning_rate',
  gradNorm: 'grad_norm',
  trainableTokens: 'trainable_tokens',
  tokens: 'tokens',
  tokensPerSecond: 'tokens_per_second',
  memoryBytes: 'memory_bytes',
  elapsedMs: 'elapsed_ms',
} as const satisfies Record<keyof StepMetric, string>;
const SERIES_COLUMNS = {
  ...STEP_COLUMNS,
  trainedTotal: 'trained_total',
  tokensTotal: 'tokens_total',
} as const;
const SERIES = Object.values(SERIES_COLUMNS)
  .map(column => `steps.${column}`)
  .join(', ');
const METRIC = Object.entries(STEP_COLUMNS)
  .map(([name, column]) => `${column} AS ${name}`)
  .join(', ');

/** The column that grows along each axis, and its unit in that of the axis. */
const AXES = {
  step: { column: 'step', unit: 1 },
  time: { column: 'elapsed_ms', unit: 1000 },
  tokens: { column: 'tokens_total', unit: 1 },
} as const;

export interface StepReader {
  metrics(runId: string, question: MetricsQuestion): RunMetrics;
  page(runId: string, offset: number, count: number): StepPage;
  lastSteps(runId: string, count: number): StepMetric[];
  firstStep(runId: string): StepMetric | null;
  /** The last step before which none is missing. */
  stepsWithoutGap(runId: string): number;
}

export function createStepReader(database: SqliteDatabase): StepReader {
  const count = database
    .prepare('SELECT coalesce(sum(steps), 0) FROM step_buckets WHERE run_id = ? AND level = ?')
    .pluck();
  const lastStep = database.prepare('SELECT coalesce(max(step), 0) FROM steps WHERE run_id = ?').pluck();
  const between = database.prepare(
    `SELECT ${SERIES} FROM steps WHERE run_id = ? AND step BETWEEN ? AND ? ORDER BY step`,
  );
  const singleSteps = database.prepare(
    'SELECT step, loss, 1 FROM steps WHERE run_id = ? AND step BETWEEN ? AND ? ORDER BY step',
  );
  // A cross join reads the wanted steps one by one; SQLite would else look for each step of the run among them.
  const chosen = database.prepare(
    `SELECT ${SERIES} FROM json_each(?) AS wanted CROSS JOIN steps ON steps.run_id = ? AND steps.step = wanted.value`,
  );
  const firstOnes = database.prepare(
    `SELECT ${METRIC} FROM steps WHERE run_id = ? ORDER BY step LIMIT ? OFFSET ?`,
  );
  const behind = database.prepare(
    `SELECT ${METRIC} FROM steps WHERE run_id = ? AND step > ? ORDER BY step LIMIT ?`,
  );
  const lastOnes = database.prepare(
    `SELECT ${METRIC} FROM steps WHERE run_id = ? ORDER BY step DESC LIMIT ?`,
  );
  const beforeGap = database
    .prepare(
      `SELECT place - 1 FROM (SELECT step, row_number() OVER (ORDER BY step) AS place FROM steps WHERE run_id = ?)
      WHERE step <> place LIMIT 1`,
    )
    .pluck();

  const totalOf = (runId: string) => Number(count.get(runId, BUCKET_SIZES.length - 1));
  const lastOf = (runId: string) => Number(lastStep.get(runId));

  function metrics(runId: string, question: MetricsQuestion): RunMetrics {
    const { axis, from, to, points, measures } = question;
    const total = totalOf(runId);
    const last = lastOf(runId);
    const atMost = stepFinder(database, runId, axis);
    const first = from === null ? 1 : Math.max(1, atMost(from, last));
    const end = to === null ? last : Math.min(last, atMost(to, last) + 1);
    const span = end - first + 1;
    if (span <= points) {
      const rows = between.raw().all(runId, first, end) as number[][];
      return { total, bucketSize: 1, steps: asSeries(rows), means: { step: [], loss: [], steps: [] } };
    }
    const fitting = BUCKET_SIZES.findIndex(size => span / size <= points / 4);
    const level = fitting === -1 ? BUCKET_SIZES.length - 1 : fitting;
    const bucketSize = BUCKET_SIZES[level] ?? 1;
    const wanted = new Set<number>();
    const means: RunMetrics['means'] = { step: [], loss: [], steps: [] };
    const bucketsOf = database.prepare(bucketsWith(measures)).raw();
    // The last bucket has no steps behind the run's end.
    const bucketEnd = end === last ? Math.ceil(last / bucketSize) * bucketSize : end;
    for (const piece of coverSteps(first, bucketEnd, level)) {
      const buckets = (
        piece.level === null
          ? singleSteps.raw().all(runId, piece.first, piece.last)
          : bucketsOf.all(runId, piece.level, piece.first, piece.last)
      ) as number[][];
      for (const [lastInside = 0, loss = 0, steps = 0, ...extremes] of buckets) {
        means.step.push(lastInside);
        means.loss.push(loss);
        means.steps.push(steps);
        for (const step of extremes) wanted.add(step);
        wanted.add(lastInside);
      }
    }
    if (from === null) wanted.add(1);
    const ascending = [...wanted].sort((a, b) => a - b);
    const rows = chosen.raw().all(JSON.stringify(ascending), runId) as number[][];
    return { total, bucketSize, steps: asSeries(rows), means };
  }

  return {
    metrics: (runId, question) => database.transaction(() => metrics(runId, question))(),
    page: (runId, offset, count) =>
      database.transaction((): StepPage => {
        const total = totalOf(runId);
        // Without a gap the place of a step is its number, and nothing before it is read.
        const steps =
          total === lastOf(runId) ? behind.all(runId, offset, count) : firstOnes.all(runId, count, offset);
        return { total, steps: steps as StepMetric[] };
      })(),
    lastSteps: (runId, count) => (lastOnes.all(runId, count) as StepMetric[]).reverse(),
    firstStep: runId => (firstOnes.get(runId, 1, 0) as StepMetric | undefined) ?? null,
    stepsWithoutGap: runId => Number(beforeGap.get(runId) ?? lastOf(runId)),
  };
}

/** Buckets of one level by their numbers, or steps where `level` is null; both ends are included. */
interface Piece {
  readonly level: number | null;
  readonly first: number;
  readonly last: number;
}

/**
 * The steps `first` to `last` as whole buckets of a level and, at both borders, of lower ones down to single steps, so
 * that what lies outside hides no extreme value inside.
 *
 *     steps 15 to 40, buckets of 16  →  steps 15 to 16, bucket 1, steps 33 to 40
 */
export function coverSteps(first: number, last: number, level: number): Piece[] {
  if (first > last) return [];
  const size = BUCKET_SIZES[level];
  if (size === undefined) return [{ level: null, first, last }];
  const firstWhole = Math.ceil((first - 1) / size);
  const lastWhole = Math.floor(last / size) - 1;
  if (firstWhole > lastWhole) return coverSteps(first, last, level - 1);
  return [
    ...coverSteps(first, firstWhole * size, level - 1),
    { level, first: firstWhole, last: lastWhole },
    ...coverSteps((lastWhole + 1) * size + 1, last, level - 1),
  ];
}

function bucketsWith(measures: readonly MetricMeasure[]): string {
  const extremes = measures
    .map(name => SERIES_COLUMNS[name])
    .flatMap(name => [`${name}_low_step`, `${name}_high_step`]);
  return `SELECT last_step, loss_sum / steps, steps, ${extremes.join(', ')} FROM step_buckets
    WHERE run_id = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket`;
}

function asSeries(rows: readonly (readonly number[])[]): RunMetrics['steps'] {
  const names = Object.keys(SERIES_COLUMNS) as (keyof RunMetrics['steps'])[];
  const columns = names.map((name, i) => [name, rows.map(row => row[i] ?? 0)] as const);
  return Object.fromEntries(columns) as RunMetrics['steps'];
}

/** The last step whose place on the axis is at most a value; 0 where there is none. All axes grow with the step. */
function stepFinder(database: SqliteDatabase, runId: string, axis: MetricsQuestion['axis']) {
  const { column, unit } = AXES[axis];
  const atOrBefore = database
    .prepare(`SELECT step, ${column} FROM steps WHERE run_id = ? AND step <= ? ORDER BY step DESC LIMIT 1`)
    .raw();
  return (value: number, last: number): number => {
    let [low, high] = [0, last];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [step = 0, place = 0] = (atOrBefore.get(runId, middle) as number[] | undefined) ?? [];
      if (step === 0 || place <= value * unit) low = middle;
      else high = step - 1;
    }
    return low;
  };
}
