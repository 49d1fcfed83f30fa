/** How fast the runs of a model were. */
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { PastPace } from '../../backend/ports.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Older runs are left alone: the machine may have been another. */
const NEWEST_RUNS = 500;
const NEWEST_STEPS = 200;
const MOST_PACES = 20;

export function readPaces(database: SqliteDatabase, modelHash: string): PastPace[] {
  const runs = database
    .prepare(
      `SELECT newest.id, newest.name, documents.recipe
      FROM (SELECT id, name, created_at FROM runs WHERE steps_done > 0 AND deleted_at IS NULL
        ORDER BY created_at DESC, id DESC LIMIT ${NEWEST_RUNS}) AS newest
      JOIN run_documents AS documents ON documents.run_id = newest.id
      WHERE json_extract(documents.hashes, '$.model') = ?
      ORDER BY newest.created_at DESC, newest.id DESC LIMIT ${MOST_PACES}`,
    )
    .all(modelHash) as { readonly id: string; readonly name: string; readonly recipe: string }[];
  const newestSteps = database
    .prepare(
      `SELECT tokens_per_second FROM steps WHERE run_id = ? AND tokens_per_second > 0
      ORDER BY step DESC LIMIT ${NEWEST_STEPS}`,
    )
    .pluck();
  return runs.flatMap(({ id, name, recipe }) => {
    const paces = (newestSteps.all(id) as number[]).sort((a, b) => a - b);
    const tokensPerSecond = paces[Math.floor(paces.length / 2)];
    return tokensPerSecond === undefined
      ? []
      : [{ name, recipe: JSON.parse(recipe) as Recipe, tokensPerSecond }];
  });
}
