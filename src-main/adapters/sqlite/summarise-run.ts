/** What a list says of a run's measurements, kept beside its name so that a list reads no steps. */
import type { SqliteDatabase } from './sqlite-database.ts';
import { BUCKET_SIZES } from './step-buckets.ts';

/** Points of the small curve in a list. */
const SPARKLINE_POINTS = 32;

/** Works it out anew from steps, buckets and evaluations. To be called inside the transaction that changes them. */
export function createSummariser(database: SqliteDatabase): (runId: string) => void {
  const summarise = database.prepare(`
    UPDATE runs SET
      steps_done = coalesce((SELECT max(step) FROM steps WHERE run_id = @id), 0),
      first_loss = (SELECT loss FROM steps WHERE run_id = @id ORDER BY step LIMIT 1),
      last_loss = (SELECT loss FROM steps WHERE run_id = @id ORDER BY step DESC LIMIT 1),
      duration_ms = (SELECT elapsed_ms FROM steps WHERE run_id = @id ORDER BY step DESC LIMIT 1),
      trained_tokens =
        coalesce((SELECT trained_total FROM steps WHERE run_id = @id ORDER BY step DESC LIMIT 1), 0),
      memory_bytes = (SELECT max(memory_bytes_high) FROM step_buckets WHERE run_id = @id AND level = @topLevel),
      last_evaluation_loss = (SELECT loss FROM evaluations WHERE run_id = @id ORDER BY step DESC LIMIT 1),
      best_evaluation_loss = (SELECT min(loss) FROM evaluations WHERE run_id = @id)
    WHERE id = @id`);
  const lastStep = database.prepare('SELECT coalesce(max(step), 0) FROM steps WHERE run_id = ?').pluck();
  const losses = database.prepare('SELECT loss FROM steps WHERE run_id = ? ORDER BY step').pluck();
  const means = database
    .prepare('SELECT loss_sum / steps FROM step_buckets WHERE run_id = ? AND level = ? ORDER BY bucket')
    .pluck();
  const setSparkline = database.prepare('UPDATE runs SET sparkline = ? WHERE id = ?');
  const topLevel = BUCKET_SIZES.length - 1;

  return runId => {
    summarise.run({ id: runId, topLevel });
    const last = Number(lastStep.get(runId));
    const fitting = BUCKET_SIZES.findIndex(size => last / size <= SPARKLINE_POINTS);
    const level = fitting === -1 ? topLevel : fitting;
    const points = last <= SPARKLINE_POINTS ? losses.all(runId) : means.all(runId, level);
    setSparkline.run(JSON.stringify((points as number[]).map(loss => Number(loss.toPrecision(4)))), runId);
  };
}
