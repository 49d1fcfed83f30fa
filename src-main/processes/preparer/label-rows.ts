/** The rows of data files → labelled rows, in file order; stops between rows where it is asked to. */
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { contentKey } from '../../pipeline/duplicates/content-key.ts';
import type { LabelledRow } from '../../pipeline/duplicates/split-dataset.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import { labelRow } from '../../pipeline/label-row.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import type { Labeller } from './open-labeller.ts';
import { readRows } from './read-rows.ts';

/** Which rows are labelled, and how. */
export interface LabellingTask {
  readonly recipe: Recipe;
  /** What the labeller was opened for. */
  readonly format: RowFormat;
  readonly paths: readonly string[];
  /** Counts over all paths; null for every row. */
  readonly limit: number | null;
}

const ROWS_PER_PROGRESS = 500;

/**
 * Every row with its examples. Throws a CodedException: `job.cancelled`, and what `readRows`
 * throws.
 */
export async function* labelRows(
  { recipe, format, paths, limit }: LabellingTask,
  labeller: Labeller,
  context: Pick<JobContext, 'signal' | 'reportProgress'>,
): AsyncGenerator<LabelledRow> {
  let labelled = 0;
  for await (const row of readRows(paths, format, recipe, limit)) {
    yield { row: row.row, key: contentKey(row), examples: labelRow(row, labeller.options) };
    labelled++;
    if (labelled % ROWS_PER_PROGRESS > 0) continue;
    context.reportProgress({ phase: 'labelling rows', done: labelled, total: null });
    if (await stopRequested(context.signal)) throw cancelled(labelled);
  }
}

function cancelled(labelled: number): CodedException {
  return new CodedException({
    code: 'job.cancelled',
    title: 'The preparation was cancelled.',
    cause: `${labelled} rows were labelled.`,
    remedy: 'Start it again when you like.',
  });
}
