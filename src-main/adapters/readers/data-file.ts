/** What every reader gives: parsed rows in file order, each bad one in its place, and notes about the file. */
import type { RowPlace } from '../../../src-shared/domain/conversation.ts';

export type ReadRow = RowPlace &
  (
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly code: string; readonly message: string }
  );

/** A row whose value is JSON of its own: not parsed yet, so that another thread can do it. */
export interface UnparsedRow extends RowPlace {
  readonly bytes: Buffer;
}

export type RawRow = UnparsedRow | ReadRow;

/** Something about the whole file that its owner should see. */
export interface FileNote {
  readonly code: string;
  readonly message: string;
}

export interface DataFile {
  readonly kind: 'jsonl' | 'json' | 'delimited' | 'parquet' | 'text';
  readonly notes: readonly FileNote[];
  /**
   * Reads from the start, each time anew; `row` counts on from `firstRow`. Throws a CodedException where
   * the file turns out to be damaged on the way, and what the file system throws.
   */
  rows(firstRow: number): AsyncGenerator<ReadRow>;
  /** The same rows, left unparsed where `parseRow` makes them what `rows` gives. */
  rawRows(firstRow: number): AsyncGenerator<RawRow>;
  /** Of the file as it lies on the disk, packed where it is packed. */
  readonly sizeBytes: number;
  /** How far the latest reader of rows has come in it; null where that is not known. */
  position(): number | null;
}

/** A longer value is refused as it stands: nothing that long is one training row. */
export const LONGEST_ROW_BYTES = 64 * 1024 * 1024;

export const TOO_LONG = {
  ok: false,
  code: 'row.tooLong',
  message: `The row is longer than ${LONGEST_ROW_BYTES / 1024 / 1024} MiB.`,
} as const;
