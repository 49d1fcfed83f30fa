/** The rows of data files → labelled examples, in file order; stops between rows where it is asked to. */
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
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
 * Every row's examples, one behind the other. Throws a CodedException: `job.cancelled`, and what `readRows`
 * throws.
 */
export async function* labelRows(
  { recipe, format, paths, limit }: LabellingTask,
  labeller: Labeller,
  context: Pick<JobContext, 'signal' | 'reportProgress'>,
): AsyncGenerator<LabelledExample> {
  let labelled = 0;
  for await (const row of readRows(paths, format, recipe, limit)) {
    yield* labelRow(row, labeller.options);
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
