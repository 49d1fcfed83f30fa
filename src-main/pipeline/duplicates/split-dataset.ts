/**
 * Which part of the data each example goes to, so that nothing that is trained on is also evaluated on.
 * Fed row by row in file order; keeps keys, not texts, so that a million rows take some tens of megabytes.
 */
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import { type ContentKey, pieceKey, seededHash, tokensKey } from './content-key.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import { KeyGroups } from './key-groups.ts';

/** A row's examples, and the key of what it says (`contentKey`). */
export interface LabelledRow {
  readonly row: number;
  readonly key: ContentKey;
  readonly examples: readonly LabelledExample[];
}

/** How many rows a count concerns, and the first of them, to show. */
export interface CountedRows {
  readonly count: number;
  readonly rows: readonly number[];
}

export interface DuplicateCounts {
  readonly dataRows: number;
  /** Rows that say what an earlier kept row says. */
  readonly repeated: CountedRows;
  /** Rows of a validation file that are in the training data too: left out of the validation. `rows`: those of the data. */
  readonly overlapping: CountedRows;
  /** Rows of the validation file that have trained tokens, the overlapping ones included. */
  readonly validationRows: number;
}

export interface Split {
  readonly trainingExamples: number;
  /** Of the i-th example that was added, unless it was dropped. */
  partOf(index: number): 'training' | 'validation';
}

/** Of an example that was dropped. */
const NO_KEY = 0xffffffff;
const SHOWN_ROWS = 20;

export class DatasetSplit {
  readonly #duplicates: 'keep' | 'drop';
  /** Keys of what rows say and of token ids; a group goes to one part. */
  readonly #groups = new KeyGroups();
  /** By key, the row that it came with first. */
  readonly #firstRows = new GrowingNumbers();
  /** By example of the data, the number of its row's key. */
  readonly #keysOfExamples = new GrowingNumbers();
  readonly #repeated = new RowCounter();
  readonly #overlapping = new RowCounter();
  #dataRows = 0;
  #validationRows = 0;

  constructor(duplicates: 'keep' | 'drop') {
    this.#duplicates = duplicates;
  }

  /**
   * The examples of a row of the data. Where duplicates are dropped, those of a row that says what an
   * earlier kept row says come back dropped.
   */
  addData({ row, key, examples }: LabelledRow): readonly LabelledExample[] {
    this.#dataRows++;
    const earlier = examples.some(isKept) ? this.#firstRowOf(row, key) : row;
    if (earlier !== row) this.#repeated.add(row);
    const placed =
      earlier !== row && this.#duplicates === 'drop'
        ? examples.map(example => dropRepeated(example, `It says the same as row ${earlier}.`))
        : examples;
    for (const [piece, example] of placed.entries()) {
      this.#keysOfExamples.push(isKept(example) ? this.#join(row, pieceKey(key, piece), example) : NO_KEY);
    }
    return placed;
  }

  /**
   * The examples of a row of a validation file, after all data: dropped where a training row says the
   * same or comes to the same tokens, since a loss over them would measure what was learnt by heart.
   */
  addValidation({ key, examples }: LabelledRow): readonly LabelledExample[] {
    if (examples.some(isKept)) this.#validationRows++;
    const known = this.#groups.find(key);
    let trainedRow: number | null = null;
    const placed = examples.map(example => {
      const same = known ?? this.#groups.find(tokensKey(example.inputIds));
      if (same === null || !isKept(example)) return example;
      trainedRow ??= this.#firstRows.at(same);
      return dropRepeated(example, `Row ${trainedRow} of the training data says the same.`);
    });
    if (trainedRow !== null) this.#overlapping.add(trainedRow);
    return placed;
  }

  /** Holds back about `fraction` of the data's examples, and everything of a validation file. */
  split(fraction: number, seed: number): Split {
    const dataExamples = this.#keysOfExamples.length;
    const hashOf = (index: number) => seededHash(this.#groups.groupOf(this.#keysOfExamples.at(index)), seed);
    const hashes = new Uint32Array(dataExamples);
    let kept = 0;
    for (let i = 0; i < dataExamples; i++) {
      if (this.#keysOfExamples.at(i) !== NO_KEY) hashes[kept++] = hashOf(i);
    }
    const keptHashes = hashes.subarray(0, kept);
    const bound = validationBound(keptHashes, fraction);
    return {
      trainingExamples: keptHashes.reduce((count, hash) => count + (hash < bound ? 0 : 1), 0),
      partOf: index => (index >= dataExamples || hashOf(index) < bound ? 'validation' : 'training'),
    };
  }

  counts(): DuplicateCounts {
    return {
      dataRows: this.#dataRows,
      repeated: this.#repeated,
      overlapping: this.#overlapping,
      validationRows: this.#validationRows,
    };
  }

  /** The first row with this key, which is remembered as `row` where there was none. */
  #firstRowOf(row: number, key: ContentKey): number {
    return this.#firstRows.at(this.#number(row, key));
  }

  #number(row: number, key: ContentKey): number {
    const number = this.#groups.add(key);
    if (number === this.#firstRows.length) this.#firstRows.push(row);
    return number;
  }

  /** Puts what the example says and its tokens into one group; the number of the first. */
  #join(row: number, key: ContentKey, example: LabelledExample): number {
    const number = this.#number(row, key);
    this.#groups.unite(number, this.#number(row, tokensKey(example.inputIds)));
    return number;
  }
}

/**
 * The bound below which hashes are held back, so that about `fraction` of the examples are, and at
 * least one is left to train on. A group's examples share a hash, so they stay on one side.
 */
function validationBound(hashes: Uint32Array, fraction: number): number {
  const wanted = Math.floor(hashes.length * fraction);
  if (wanted === 0) return 0;
  return hashes.slice().sort()[wanted] ?? 0;
}

function isKept(example: LabelledExample): boolean {
  return example.dropped === null;
}

function dropRepeated(example: LabelledExample, problem: string): LabelledExample {
  return isKept(example) ? { ...example, dropped: 'duplicate', problem } : example;
}

class RowCounter implements CountedRows {
  readonly rows: number[] = [];
  count = 0;

  add(row: number): void {
    this.count++;
    if (this.rows.length < SHOWN_ROWS) this.rows.push(row);
  }
}
