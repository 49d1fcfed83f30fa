/** Gives the runs of earlier schemas what schema 4 keeps of each: buckets, summary and search text. */

import { searchTextOf } from './search-text.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { createBucketWriter } from './step-buckets.ts';
import { createSummariser } from './summarise-run.ts';

interface StoredRun {
  readonly id: string;
  readonly name: string;
  readonly modelName: string;
  readonly dataName: string;
  readonly masking: string;
  readonly note: string;
  readonly tags: string;
}

export function fillSchema4(database: SqliteDatabase): void {
  const runs = database
    .prepare('SELECT id, name, model_name AS modelName, data_name AS dataName, masking, note, tags FROM runs')
    .all() as StoredRun[];
  const lastStep = database.prepare('SELECT max(step) FROM steps WHERE run_id = ?').pluck();
  const setSearch = database.prepare('UPDATE runs SET search = ? WHERE id = ?');
  const buckets = createBucketWriter(database);
  const summarise = createSummariser(database);
  for (const run of runs) {
    const last = lastStep.get(run.id);
    if (typeof last === 'number') buckets.rebuild(run.id, 1, last);
    summarise(run.id);
    setSearch.run(searchTextOf({ ...run, tags: JSON.parse(run.tags) as string[] }), run.id);
  }
}
