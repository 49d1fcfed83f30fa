/** The rows of data files some at a time, unparsed where they can be, for threads that label them. */
import { statSync } from 'node:fs';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { RawRow } from '../../adapters/readers/data-file.ts';
import type { ImportOptions } from '../../pipeline/import/import-options.ts';
import { asDataError, planOrThrow } from './read-rows.ts';

/** Consecutive rows of one file, and how they are imported. */
export interface RowBatch {
  readonly options: ImportOptions;
  readonly rows: readonly RawRow[];
}

/** Enough to be worth a message, few enough to be done in a moment. */
const MOST_ROWS = 128;
const MOST_BYTES = 256 * 1024;

export class BatchReader {
  readonly #paths: readonly string[];
  readonly #recipe: Recipe;
  readonly #limit: number | null;
  readonly #sizes: readonly number[];
  #rows = 0;
  #expectedRows: number | null = null;

  /** `limit` counts over all paths. Throws a CodedException where a file is not there. */
  constructor(paths: readonly string[], recipe: Recipe, limit: number | null) {
    this.#paths = paths;
    this.#recipe = recipe;
    this.#limit = limit;
    this.#sizes = paths.map(sizeOf);
  }

  /** Of all files, as they lie on the disk. */
  get sizeBytes(): number {
    return this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** How many rows there will be, going by the bytes that the rows so far took; null where nothing tells yet. */
  get expectedRows(): number | null {
    return this.#expectedRows;
  }

  /** In file order. Throws what `readRows` throws. */
  async *batches(): AsyncGenerator<RowBatch> {
    for (const [index, path] of this.#paths.entries()) {
      const { file, options } = await planOrThrow(path, this.#recipe);
      const before = this.#sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
      let position = 0;
      let rows: RawRow[] = [];
      let bytes = 0;
      try {
        for await (const row of file.rawRows(this.#rows)) {
          if (this.#limit !== null && row.row >= this.#limit) break;
          const reached = file.position() ?? 0;
          // A chunk was read: all rows of the chunks before it are done.
          if (reached !== position) this.#expect(before + position);
          position = reached;
          this.#rows = row.row + 1;
          rows.push(row);
          bytes += 'bytes' in row ? row.bytes.length : 0;
          if (rows.length < MOST_ROWS && bytes < MOST_BYTES) continue;
          yield { options, rows };
          rows = [];
          bytes = 0;
        }
      } catch (error) {
        throw asDataError(path, error);
      }
      if (rows.length > 0) yield { options, rows };
      if (this.#limit !== null && this.#rows >= this.#limit) return;
    }
  }

  #expect(readBytes: number): void {
    if (readBytes === 0 || this.#rows === 0) return;
    const expected = Math.round((this.#rows * this.sizeBytes) / readBytes);
    this.#expectedRows = Math.min(expected, this.#limit ?? expected);
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw asDataError(path, error);
  }
}
