/** Takes a run out of the database for good, with everything that belongs to it. */
import type { SqliteDatabase } from './sqlite-database.ts';

/** Before the run itself, which they refer to. */
const TABLES = [
  'steps',
  'step_buckets',
  'evaluations',
  'samples',
  'checkpoints',
  'warnings',
  'resumptions',
  'run_documents',
];

/** Only one that was deleted. False where there is none of this id. */
export function eraseRun(database: SqliteDatabase, id: string): boolean {
  const isDeleted = database.prepare('SELECT 1 FROM runs WHERE id = ? AND deleted_at IS NOT NULL').get(id);
  if (isDeleted === undefined) return false;
  for (const table of TABLES) database.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(id);
  database.prepare('DELETE FROM runs WHERE id = ?').run(id);
  return true;
}
