/** How large the micro-batches of a run get, which decides over its memory. */
import type { Recipe } from '../../../src-shared/recipe/schema.ts';

/** The trainer fills rows up to a multiple of this. */
const LENGTH_MULTIPLE = 16;

export interface MicroBatchSize {
  readonly rows: number;
  /** Tokens of a row, with padding. */
  readonly length: number;
}

/** One that holds the longest example; packed rows are as long as the recipe lets them be. */
export function largestMicroBatch(recipe: Recipe, trainingLengths: Iterable<number>): MicroBatchSize {
  const { training, collator } = recipe;
  let longest = 0;
  let sum = 0;
  let count = 0;
  for (const length of trainingLengths) {
    longest = Math.max(longest, length);
    sum += length;
    count++;
  }
  const isPacked = collator.strategy === 'pack';
  const length = isPacked ? Math.min(collator.maxLength, sum) : longest;
  const rows = isPacked ? Math.ceil(sum / Math.max(1, length)) : count;
  return {
    rows: Math.min(training.batchSize, rows),
    length: Math.ceil(length / LENGTH_MULTIPLE) * LENGTH_MULTIPLE,
  };
}
