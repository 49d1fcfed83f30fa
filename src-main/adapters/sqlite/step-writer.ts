/** Writes a run's steps with their running totals, and the buckets in which they lie. */
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { createBucketWriter } from './step-buckets.ts';

/** A step that is there already is replaced. To be called inside a transaction. */
export function createStepWriter(
  database: SqliteDatabase,
): (runId: string, steps: readonly StepMetric[]) => void {
  const lastBefore = database.prepare(
    `SELECT trained_total AS trained, tokens_total AS tokens FROM steps
    WHERE run_id = ? AND step < ? ORDER BY step DESC LIMIT 1`,
  );
  const hasFrom = database.prepare('SELECT 1 FROM steps WHERE run_id = ? AND step >= ? LIMIT 1').pluck();
  const insert = database.prepare(`INSERT OR REPLACE INTO steps VALUES
    (@runId, @step, @epoch, @loss, @learningRate, @gradNorm, @trainableTokens, @tokens, @tokensPerSecond, @memoryBytes,
      @elapsedMs, @trainedTotal, @tokensTotal)`);
  const addUp = database.prepare(`
    UPDATE steps SET trained_total = so_far.trained, tokens_total = so_far.tokens
    FROM (
      SELECT step, sum(trainable_tokens) OVER earlier AS trained, sum(tokens) OVER earlier AS tokens
      FROM steps WHERE run_id = @id
      WINDOW earlier AS (ORDER BY step ROWS UNBOUNDED PRECEDING)
    ) AS so_far
    WHERE run_id = @id AND steps.step = so_far.step AND steps.step >= @from`);
  const buckets = createBucketWriter(database);

  return (runId, steps) => {
    if (steps.length === 0) return;
    const ascending = [...steps].sort((a, b) => a.step - b.step);
    const first = ascending[0]?.step ?? 0;
    const isBehindAll = hasFrom.get(runId, first) === undefined;
    const before = lastBefore.get(runId, first) as { trained: number; tokens: number } | undefined;
    let { trained, tokens } = before ?? { trained: 0, tokens: 0 };
    for (const step of ascending) {
      trained += step.trainableTokens;
      tokens += step.tokens;
      insert.run({ ...step, runId, trainedTotal: trained, tokensTotal: tokens });
    }
    const isOnce = new Set(ascending.map(({ step }) => step)).size === ascending.length;
    if (!isBehindAll || !isOnce) addUp.run({ id: runId, from: first });
    buckets.rebuild(runId, first, ascending.at(-1)?.step ?? first);
  };
}
