/** Examples → rectangular micro-batches. */
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import { countTrainableTokens, IGNORE_INDEX } from '../../../src-shared/domain/labels.ts';

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
  const batch = emptyBatch(
    examples.map(example => example.inputIds.length),
    padId,
  );
  for (const [row, example] of examples.entries()) {
    const start = row * batch.length;
    write(batch, start, example, 0);
    for (let i = 0; i < batch.length; i++) batch.positionIds[start + i] = i;
  }
  return withCounts(batch, examples);
}

/**
 * Several examples a row, one behind the other, filled up at the end to the longest row. Each is a
 * sequence of its own with positions from 0, so attention cannot see the others; the label of its first
 * token is masked, which else a trainer that shifts labels would predict from the example before.
 *
 *     [[[1 2] [3 4 5]] [[6 7]]], pad 0, all trained  →
 *     inputIds    [ 1 2  3 4 5 |  6 7  0  0  0]
 *     labels      [ · 2  · 4 5 |  · 7  ·  ·  ·]   · is -100
 *     positionIds [ 0 1  0 1 2 |  0 1  0  0  0]
 *     sequenceIds [ 0 0  1 1 1 |  0 0 -1 -1 -1]
 */
export function collatePacked(rows: readonly (readonly CollatedExample[])[], padId: number): MicroBatch {
  const batch = emptyBatch(
    rows.map(row => row.reduce((tokens, example) => tokens + example.inputIds.length, 0)),
    padId,
  );
  for (const [row, examples] of rows.entries()) {
    let start = row * batch.length;
    for (const [sequence, example] of examples.entries()) {
      write(batch, start, example, sequence);
      batch.labels[start] = IGNORE_INDEX;
      start += example.inputIds.length;
    }
  }
  return withCounts(batch, rows.flat());
}

type BatchCells = Omit<MicroBatch, 'tokens' | 'trainableTokens'>;

/** Nothing but padding: a row for each of the lengths, all as long as the longest. */
function emptyBatch(lengths: readonly number[], padId: number): BatchCells {
  const length = Math.max(...lengths);
  const cells = lengths.length * length;
  return {
    batchSize: lengths.length,
    length,
    inputIds: new Int32Array(cells).fill(padId),
    labels: new Int32Array(cells).fill(IGNORE_INDEX),
    positionIds: new Int32Array(cells),
    sequenceIds: new Int32Array(cells).fill(-1),
  };
}

/** Puts an example at a cell. */
function write(batch: BatchCells, start: number, example: CollatedExample, sequence: number): void {
  const tokens = example.inputIds.length;
  batch.inputIds.set(example.inputIds, start);
  batch.labels.set(example.labels, start);
  batch.sequenceIds.fill(sequence, start, start + tokens);
  for (let i = 0; i < tokens; i++) batch.positionIds[start + i] = i;
}

function withCounts(batch: BatchCells, examples: readonly CollatedExample[]): MicroBatch {
  let tokens = 0;
  let trainableTokens = 0;
  for (const example of examples) {
    tokens += example.inputIds.length;
    trainableTokens += countTrainableTokens(example.labels);
  }
  return { ...batch, tokens, trainableTokens };
}
