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

const TOP_LEVEL = BUCKET_SIZES.length - 1;

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

  const totalOf = (runId: string) => Number(count.get(runId, TOP_LEVEL));
  const lastOf = (runId: string) => Number(lastStep.get(runId));

  function metrics(runId: string, { axis, from, to, points, measures }: MetricsQuestion): RunMetrics {
    const total = totalOf(runId);
    const last = lastOf(runId);
    const atMost = stepFinder(database, runId, axis);
    const first = from === null ? 1 : Math.max(1, atMost(from, last));
    const end = to === null ? last : Math.min(last, atMost(to, last) + 1);
    const span = end - first + 1;
    if (span <= points) {
      const steps = asSeries(between.raw().all(runId, first, end) as number[][]);
      return { total, bucketSize: 1, steps, extremes: {}, means: { step: [], loss: [], steps: [] } };
    }
    const fitting = BUCKET_SIZES.findIndex(size => span / size <= points / 4);
    const level = fitting === -1 ? TOP_LEVEL : fitting;
    const coarser = Math.min(level + 1, TOP_LEVEL);
    const part = { runId, first, end, isToTheEnd: end === last };
    const steps = someSteps(part, BUCKET_SIZES[coarser] ?? 1);
    const [main = 'loss', ...others] = measures;
    const fine = bucketsOf(part, level, [main]);
    const coarse = others.length > 0 ? bucketsOf(part, coarser, others) : [];
    const extremes = { ...extremesOf(fine, [main], steps), ...extremesOf(coarse, others, steps) };
    return { total, bucketSize: BUCKET_SIZES[level] ?? 1, steps, extremes, means: meansOf(fine) };
  }

  /** The first and the last step, and the last one of each bucket of a size. */
  function someSteps({ runId, first, end }: Part, size: number): RunMetrics['steps'] {
    const wanted = [first];
    for (let step = Math.ceil((first + 1) / size) * size; step < end; step += size) wanted.push(step);
    wanted.push(end);
    return asSeries(chosen.raw().all(JSON.stringify(wanted), runId) as number[][]);
  }

  function bucketsOf(
    { runId, first, end, isToTheEnd }: Part,
    level: number,
    measures: readonly MetricMeasure[],
  ): Buckets {
    const size = BUCKET_SIZES[level] ?? 1;
    const columns = measures.map(measure => SERIES_COLUMNS[measure]);
    const whole = database.prepare(bucketsWith(columns)).raw();
    const single = database.prepare(singleStepsWith(columns)).raw();
    // The last bucket has no steps behind the run's end.
    const bucketEnd = isToTheEnd ? Math.ceil(end / size) * size : end;
    return coverSteps(first, bucketEnd, level).flatMap(piece =>
      piece.level === null
        ? (single.all(runId, piece.first, piece.last) as number[][])
        : (whole.all(runId, piece.level, piece.first, piece.last) as number[][]),
    );
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

/** The steps `first` to `end` of a run. */
interface Part {
  readonly runId: string;
  readonly first: number;
  readonly end: number;
  readonly isToTheEnd: boolean;
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

/**
 * In ascending order, each as its last step, mean loss and number of steps, then for each measure its lowest value,
 * the step of it, the highest value, and the step of that.
 */
type Buckets = readonly (readonly number[])[];
const FIRST_EXTREME = 3;

function bucketsWith(columns: readonly string[]): string {
  const extremes = columns.map(name => `${name}_low, ${name}_low_step, ${name}_high, ${name}_high_step`);
  return `SELECT ${['last_step, loss_sum / steps, steps', ...extremes].join(', ')} FROM step_buckets
    WHERE run_id = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket`;
}

function singleStepsWith(columns: readonly string[]): string {
  const extremes = columns.map(name => `${name}, step, ${name}, step`);
  return `SELECT ${['step, loss, 1', ...extremes].join(', ')} FROM steps
    WHERE run_id = ? AND step BETWEEN ? AND ? ORDER BY step`;
}

function meansOf(buckets: Buckets): RunMetrics['means'] {
  const column = (place: number) => buckets.map(bucket => bucket[place] ?? 0);
  return { step: column(0), loss: column(1), steps: column(2) };
}

function extremesOf(
  buckets: Buckets,
  measures: readonly MetricMeasure[],
  ends: RunMetrics['steps'],
): RunMetrics['extremes'] {
  const extremes: RunMetrics['extremes'] = {};
  for (const [i, measure] of measures.entries()) {
    const curve = { step: [] as number[], value: [] as number[] };
    const add = (step: number, value: number) => {
      if (step <= (curve.step.at(-1) ?? 0)) return;
      curve.step.push(step);
      curve.value.push(value);
    };
    add(ends.step[0] ?? 0, ends[measure][0] ?? 0);
    for (const bucket of buckets) {
      const [low = 0, lowStep = 0, high = 0, highStep = 0] = bucket.slice(FIRST_EXTREME + 4 * i);
      if (lowStep < highStep) add(lowStep, low);
      add(highStep, high);
      if (lowStep > highStep) add(lowStep, low);
    }
    add(ends.step.at(-1) ?? 0, ends[measure].at(-1) ?? 0);
    extremes[measure] = curve;
  }
  return extremes;
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
