/**
 * A run's steps, summed up in buckets of 16, 64, 256 and so on: of each measure the lowest and the highest value
 * with its step, so that a curve of any length is drawn from few rows and loses no spike. Bucket `b` of size `n`
 * holds the steps `b·n + 1` to `(b + 1)·n`. About 0.083 rows for each step.
 */
import type { SqliteDatabase } from './sqlite-database.ts';

/** Each size is four times the one before it. */
export const BUCKET_SIZES = [16, 64, 256, 1024, 4096, 16_384, 65_536] as const;
const CHILDREN = 4;

/** What a curve is drawn of. */
export const BUCKET_MEASURES = [
  { column: 'loss', type: 'REAL' },
  { column: 'grad_norm', type: 'REAL' },
  { column: 'learning_rate', type: 'REAL' },
  { column: 'tokens_per_second', type: 'REAL' },
  { column: 'memory_bytes', type: 'INTEGER' },
] as const;

/** In the order of a `Bucket`'s numbers. */
export const BUCKET_COLUMNS = [
  { name: 'steps', type: 'INTEGER' },
  { name: 'last_step', type: 'INTEGER' },
  { name: 'loss_sum', type: 'REAL' },
  ...BUCKET_MEASURES.flatMap(({ column, type }) => [
    { name: `${column}_low`, type },
    { name: `${column}_low_step`, type: 'INTEGER' },
    { name: `${column}_high`, type },
    { name: `${column}_high_step`, type: 'INTEGER' },
  ]),
] as const;

/** How many steps, the last of them, the sum of losses; then lowest, its step, highest, its step for each measure. */
export type Bucket = readonly number[];

const FIRST_EXTREME = 3;

/**
 * Several neighbours as one, in ascending order of their steps; the first of equal extremes counts.
 *
 *     losses 3 at step 1, 5 at step 2  →  [2, 2, 8,  3, 1, 5, 2,  …]
 */
export function mergeBuckets(parts: readonly Bucket[]): Bucket {
  const merged = [...(parts[0] ?? [])];
  for (const part of parts.slice(1)) {
    merged[0] = at(merged, 0) + at(part, 0);
    merged[1] = at(part, 1);
    merged[2] = at(merged, 2) + at(part, 2);
    for (let i = FIRST_EXTREME; i < merged.length; i += 4) {
      if (at(part, i) < at(merged, i)) [merged[i], merged[i + 1]] = [at(part, i), at(part, i + 1)];
      if (at(part, i + 2) > at(merged, i + 2))
        [merged[i + 2], merged[i + 3]] = [at(part, i + 2), at(part, i + 3)];
    }
  }
  return merged;
}

function at(bucket: Bucket, place: number): number {
  return bucket[place] ?? Number.NaN;
}

const NAMES = BUCKET_COLUMNS.map(({ name }) => name).join(', ');
/** A single step as a bucket. */
const STEP_AS_BUCKET = [
  '1, step, loss',
  ...BUCKET_MEASURES.map(({ column }) => `${column}, step, ${column}, step`),
].join(', ');
/** Buckets that are made at once, so that a run of any length needs little memory. */
const AT_ONCE = 4096;

export interface BucketWriter {
  /** Makes all buckets anew in which the steps `from` to `to` lie. */
  rebuild(runId: string, from: number, to: number): void;
  /** Takes the steps behind `step` out of all buckets, once they are gone themselves. */
  cutBehind(runId: string, step: number): void;
}

/** To be called inside the transaction that changes the steps. */
export function createBucketWriter(database: SqliteDatabase): BucketWriter {
  const readSteps = database
    .prepare(
      `SELECT (step - 1) / ${BUCKET_SIZES[0]}, ${STEP_AS_BUCKET} FROM steps WHERE run_id = ? AND step BETWEEN ? AND ? ORDER BY step`,
    )
    .raw();
  const readBuckets = database
    .prepare(
      `SELECT bucket / ${CHILDREN}, ${NAMES} FROM step_buckets
      WHERE run_id = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket`,
    )
    .raw();
  const write = database.prepare(
    `INSERT OR REPLACE INTO step_buckets (run_id, level, bucket, ${NAMES})
    VALUES (?, ?, ?, ${BUCKET_COLUMNS.map(() => '?').join(', ')})`,
  );
  const cut = database.prepare('DELETE FROM step_buckets WHERE run_id = ? AND level = ? AND bucket >= ?');

  const partsOf = (runId: string, level: number, first: number, last: number): number[][] =>
    (level === 0
      ? readSteps.all(runId, first * BUCKET_SIZES[0] + 1, (last + 1) * BUCKET_SIZES[0])
      : readBuckets.all(runId, level - 1, first * CHILDREN, last * CHILDREN + CHILDREN - 1)) as number[][];

  function rebuild(runId: string, from: number, to: number): void {
    for (const [level, size] of BUCKET_SIZES.entries()) {
      const last = Math.floor((to - 1) / size);
      for (let first = Math.floor((from - 1) / size); first <= last; first += AT_ONCE) {
        const parts = partsOf(runId, level, first, Math.min(last, first + AT_ONCE - 1));
        const byBucket = Map.groupBy(parts, ([bucket = 0]) => bucket);
        for (const [bucket, children] of byBucket) {
          write.run(runId, level, bucket, ...mergeBuckets(children.map(child => child.slice(1))));
        }
      }
    }
  }

  return {
    rebuild,
    cutBehind(runId, step) {
      for (const [level, size] of BUCKET_SIZES.entries()) cut.run(runId, level, Math.floor(step / size));
      if (step > 0) rebuild(runId, step, step);
    },
  };
}
