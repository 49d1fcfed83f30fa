/**
 * Compares collated batches with the examples that went in: nothing may be lost, leak or run on. Reads
 * the batch as a trainer does and knows nothing of how it was made.
 */
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import { countTrainableTokens, IGNORE_INDEX } from '../../../src-shared/domain/labels.ts';

/** An example with its row of the data, to name it. */
export interface ProvenExample {
  readonly row: number;
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
}

export interface CollationFaults {
  /** Rows of which a batch holds other tokens or labels than the dataset. */
  readonly changed: readonly number[];
  /** Rows that another example of their batch row can see, or whose positions do not begin at 0. */
  readonly leaking: readonly number[];
  /** Rows whose first token is to be predicted from the example in front of it. */
  readonly crossing: readonly number[];
  /** Trained tokens of the examples, and of the batches as a trainer counts them. */
  readonly trainedBefore: number;
  readonly trainedAfter: number;
  readonly tokens: number;
}

export class CollationProof {
  readonly #changed: number[] = [];
  readonly #leaking: number[] = [];
  readonly #crossing: number[] = [];
  #trainedBefore = 0;
  #trainedAfter = 0;
  #tokens = 0;

  /** The examples of each row of a batch, in order, and the batch that was made of them. */
  add(rows: readonly (readonly ProvenExample[])[], batch: MicroBatch): void {
    this.#trainedAfter += countTrainedIn(batch);
    for (const [row, examples] of rows.entries()) {
      const sequences = new Set<number>();
      let from = row * batch.length;
      for (const example of examples) {
        this.#compare(example, batch, from, from === row * batch.length);
        const sequence = batch.sequenceIds[from] ?? -1;
        if (!isIsolated(batch, from, example.inputIds.length) || sequence < 0 || sequences.has(sequence))
          this.#leaking.push(example.row);
        sequences.add(sequence);
        from += example.inputIds.length;
      }
    }
  }

  faults(): CollationFaults {
    return {
      changed: this.#changed,
      leaking: this.#leaking,
      crossing: this.#crossing,
      trainedBefore: this.#trainedBefore,
      trainedAfter: this.#trainedAfter,
      tokens: this.#tokens,
    };
  }

  #compare(
    { row, inputIds, labels }: ProvenExample,
    batch: MicroBatch,
    from: number,
    isFirst: boolean,
  ): void {
    this.#tokens += inputIds.length;
    this.#trainedBefore += countTrainableTokens(labels);
    const isSame = inputIds.every(
      (id, i) => batch.inputIds[from + i] === id && (i === 0 || batch.labels[from + i] === labels[i]),
    );
    if (!isSame) this.#changed.push(row);
    if (!isFirst && batch.labels[from] !== IGNORE_INDEX) this.#crossing.push(row);
  }
}

/** One sequence over all of the cells, with positions from 0. */
function isIsolated({ sequenceIds, positionIds }: MicroBatch, from: number, tokens: number): boolean {
  for (let i = 0; i < tokens; i++) {
    if (sequenceIds[from + i] !== sequenceIds[from] || positionIds[from + i] !== i) return false;
  }
  return true;
}

/** Labels that have a token of their own sequence in front of them, as the native trainer counts. */
function countTrainedIn({ batchSize, length, labels, sequenceIds }: MicroBatch): number {
  let trained = 0;
  for (let row = 0; row < batchSize; row++) {
    for (let i = row * length + 1; i < (row + 1) * length; i++) {
      if (labels[i] !== IGNORE_INDEX && sequenceIds[i] === sequenceIds[i - 1]) trained++;
    }
  }
  return trained;
}
