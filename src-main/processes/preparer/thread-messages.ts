/** What the preparer's main thread and its labelling threads say to each other, and how batches travel. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RowPlace } from '../../../src-shared/domain/conversation.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { RawRow, ReadRow } from '../../adapters/readers/data-file.ts';
import type { LabelledRow } from '../../pipeline/duplicates/split-dataset.ts';
import type { ImportOptions, RowFormat } from '../../pipeline/import/import-options.ts';
import type { RowBatch } from './read-batches.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly recipe: Recipe;
  readonly format: RowFormat;
  readonly nativeDirectory: string;
  readonly now: number;
  /** `Model.share` of the model that the main thread opened. */
  readonly model: number;
  /** Null where no row needs a template. */
  readonly templateSource: string | null;
}

/** An unparsed row as the next `length` of the batch's bytes. */
type PackedRow = ReadRow | (RowPlace & { readonly length: number });

export interface PackedBatch {
  readonly options: ImportOptions;
  readonly rows: readonly PackedRow[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly error: CodedError }
  /** A row of the batch under way is done; said now and then. */
  | { readonly type: 'busy' }
  | { readonly type: 'labelled'; readonly rows: readonly LabelledRow[] };

export function packBatch({ options, rows }: RowBatch): PackedBatch {
  const bytes = Buffer.from(new ArrayBuffer(rows.reduce((sum, row) => sum + lengthOf(row), 0)));
  let filled = 0;
  const packed = rows.map((row): PackedRow => {
    if (!('bytes' in row)) return row;
    filled += row.bytes.copy(bytes, filled);
    return { row: row.row, line: row.line, length: row.bytes.length };
  });
  return { options, rows: packed, bytes };
}

export function unpackBatch({ options, rows, bytes }: PackedBatch): RowBatch {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  const unpacked = rows.map((row): RawRow => {
    if (!('length' in row)) return row;
    const own = all.subarray(from, from + row.length);
    from += row.length;
    return { row: row.row, line: row.line, bytes: own };
  });
  return { options, rows: unpacked };
}

/** The rows with all ids and labels in one buffer, which travels without being copied. */
export function packLabelled(rows: readonly LabelledRow[]): {
  readonly rows: LabelledRow[];
  readonly buffer: ArrayBuffer;
} {
  const examples = rows.flatMap(row => row.examples);
  const cells = new Int32Array(examples.reduce((sum, example) => sum + 2 * example.inputIds.length, 0));
  let filled = 0;
  const put = (values: Int32Array) => {
    cells.set(values, filled);
    filled += values.length;
    return cells.subarray(filled - values.length, filled);
  };
  return {
    rows: rows.map(row => ({
      ...row,
      examples: row.examples.map(example => ({
        ...example,
        inputIds: put(example.inputIds),
        labels: put(example.labels),
      })),
    })),
    buffer: cells.buffer,
  };
}

function lengthOf(row: RawRow): number {
  return 'bytes' in row ? row.bytes.length : 0;
}
