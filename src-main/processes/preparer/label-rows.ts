/** The rows of data files → labelled rows, in file order, on as many threads as are worth it. */
import { availableParallelism } from 'node:os';
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { LabelledRow } from '../../pipeline/duplicates/split-dataset.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import { createBatchLabeller } from './label-batch.ts';
import { LabelThreads } from './label-threads.ts';
import type { Labeller } from './open-labeller.ts';
import { BatchReader } from './read-batches.ts';

/** Which rows are labelled, and how. */
export interface LabellingTask {
  readonly recipe: Recipe;
  /** What the labeller was opened for. */
  readonly format: RowFormat;
  readonly paths: readonly string[];
  /** Counts over all paths; null for every row. */
  readonly limit: number | null;
}

/** Where labelling runs and who watches it. */
export interface LabellingContext extends Pick<JobContext, 'signal' | 'reportProgress'> {
  readonly nativeDirectory: string;
  /** Seconds since 1970, for templates that print a date. */
  readonly now: number;
  /** The built entry of a labelling thread; null labels on this one. */
  readonly threadFile: string | null;
  /** Called where a thread could not be stopped, so that the process must be killed at its end. */
  readonly onStuckThread: () => void;
}

/** Smaller files are labelled before threads would be ready. */
const WORTH_THREADS_BYTES = 1 << 21;
/** Beyond these, reading and writing on the main thread are what is waited for. */
const MOST_THREADS = 8;
export const PROGRESS_EVERY_MS = 200;

/**
 * Every row with its examples; the same for any number of threads. Throws a CodedException: `job.cancelled`,
 * and what `readRows` throws.
 */
export async function* labelRows(
  task: LabellingTask,
  labeller: Labeller,
  context: LabellingContext,
): AsyncGenerator<LabelledRow> {
  const { recipe, paths, limit } = task;
  const reader = new BatchReader(paths, recipe, limit);
  const threads = Math.min(recipe.device.threads ?? availableParallelism(), MOST_THREADS);
  const isWorthThreads = threads > 1 && reader.sizeBytes >= WORTH_THREADS_BYTES && !isFew(limit);
  let labelled = 0;
  let reportedAt = 0;
  const report = () => {
    reportedAt = performance.now();
    const total = reader.expectedRows;
    const known = total === null ? null : Math.max(total, labelled);
    context.reportProgress({ phase: 'labelling rows', done: labelled, total: known });
  };
  const rows =
    context.threadFile !== null && isWorthThreads
      ? onThreads(task, labeller, { ...context, threadFile: context.threadFile }, threads, reader, report)
      : onThisThread(task, labeller, reader);
  try {
    for await (const row of rows) {
      yield row;
      labelled++;
      if (performance.now() - reportedAt < PROGRESS_EVERY_MS) continue;
      report();
      if (await stopRequested(context.signal)) throw cancelled(`${labelled} rows were labelled.`);
    }
  } catch (error) {
    throw error === context.signal.reason ? cancelled(`${labelled} rows were labelled.`) : error;
  }
}

function isFew(limit: number | null): boolean {
  return limit !== null && limit < 1000;
}

async function* onThisThread({ format }: LabellingTask, labeller: Labeller, reader: BatchReader) {
  const labelBatch = createBatchLabeller(format, labeller.options);
  for await (const batch of reader.batches()) for (const row of labelBatch(batch)) yield row;
}

async function* onThreads(
  { recipe, format }: LabellingTask,
  labeller: Labeller,
  context: LabellingContext & { readonly threadFile: string },
  count: number,
  reader: BatchReader,
  onBusy: () => void,
) {
  const threads = new LabelThreads({
    file: context.threadFile,
    count,
    onBusy,
    data: {
      recipe,
      format,
      nativeDirectory: context.nativeDirectory,
      now: context.now,
      model: labeller.model.share(),
      templateSource: labeller.options.template === null ? null : labeller.templateSource,
    },
  });
  try {
    for await (const row of threads.label(reader.batches(), context.signal)) yield row;
  } finally {
    if (!(await threads.dispose())) context.onStuckThread();
  }
}

/** `cause`: how far it came. */
export function cancelled(cause: string): CodedException {
  return new CodedException({
    code: 'job.cancelled',
    title: 'The preparation was cancelled.',
    cause,
    remedy: 'Start it again when you like.',
  });
}
