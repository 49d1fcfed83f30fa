/** Examples → rectangular micro-batches. */
import type { MicroBatch } from '../../src-shared/domain/batch.ts';
import { countTrainableTokens, IGNORE_INDEX } from '../../src-shared/domain/labels.ts';

export interface CollatedExample {
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
}

/**
 * One example a row, filled up at the end to the longest. Padding is masked by its position, never
 * by its id, so a pad token that is also an end token does no harm.
 *
 *     [[1 2 3] [4]], pad 0  →  inputIds [1 2 3 | 4 0 0], sequenceIds [0 0 0 | 0 -1 -1]
 */
export function collatePadded(examples: readonly CollatedExample[], padId: number): MicroBatch {
  const length = Math.max(...examples.map(example => example.inputIds.length));
  const cells = examples.length * length;
  const inputIds = new Int32Array(cells).fill(padId);
  const labels = new Int32Array(cells).fill(IGNORE_INDEX);
  const positionIds = new Int32Array(cells);
  const sequenceIds = new Int32Array(cells).fill(-1);
  let tokens = 0;
  let trainableTokens = 0;
  for (const [row, example] of examples.entries()) {
    const start = row * length;
    const own = example.inputIds.length;
    inputIds.set(example.inputIds, start);
    labels.set(example.labels, start);
    for (let i = 0; i < length; i++) positionIds[start + i] = i;
    sequenceIds.fill(0, start, start + own);
    tokens += own;
    trainableTokens += countTrainableTokens(example.labels);
  }
  return {
    batchSize: examples.length,
    length,
    inputIds,
    labels,
    positionIds,
    sequenceIds,
    tokens,
    trainableTokens,
  };
}
