/** Past runs of a model, and how fast a run was. */
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { RunStore } from '../../backend/ports.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Older runs are left alone: the machine may have been another. */
const NEWEST_RUNS = 500;
const MOST_OF_A_MODEL = 20;
const NEWEST_STEPS = 200;

export function createPaceReader(database: SqliteDatabase): Pick<RunStore, 'runsOfModel' | 'paceOf'> {
  const ofModel = database.prepare(
    `SELECT newest.id, newest.name, documents.recipe
    FROM (SELECT id, name, created_at FROM runs WHERE steps_done > 0 AND deleted_at IS NULL
      ORDER BY created_at DESC, id DESC LIMIT ${NEWEST_RUNS}) AS newest
    JOIN run_documents AS documents ON documents.run_id = newest.id
    WHERE json_extract(documents.hashes, '$.model') = ?
    ORDER BY newest.created_at DESC, newest.id DESC LIMIT ${MOST_OF_A_MODEL}`,
  );
  const newestSteps = database
    .prepare(
      `SELECT tokens_per_second FROM steps WHERE run_id = ? AND tokens_per_second > 0
      ORDER BY step DESC LIMIT ${NEWEST_STEPS}`,
    )
    .pluck();
  return {
    runsOfModel: hash =>
      (ofModel.all(hash) as { readonly id: string; readonly name: string; readonly recipe: string }[]).map(
        ({ id, name, recipe }) => ({ id, name, recipe: JSON.parse(recipe) as Recipe }),
      ),
    paceOf: id => {
      const paces = (newestSteps.all(id) as number[]).sort((a, b) => a - b);
      return paces[Math.floor(paces.length / 2)] ?? null;
    },
  };
}
