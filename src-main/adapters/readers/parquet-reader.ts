/** Reads Parquet row by row, one row group in memory at a time. */
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import { unpack } from './byte-stream.ts';
import type { ReadRow } from './data-file.ts';
import { damagedFile, tooLarge } from './file-errors.ts';

/** A row group is decoded as a whole: writers make them at most a few 100 MB. */
const LARGEST_GROUP_BYTES = 1024 * 1024 * 1024;
/** Writers stop at about a million; a damaged count must not fill the memory with empty rows. */
const LARGEST_GROUP_ROWS = 4_000_000;
/** A gzipped Parquet file is held in memory, because it is read from its end. */
const LARGEST_UNPACKED_BYTES = 256 * 1024 * 1024;

/** `line` is the row's number from 1: Parquet has no lines. */
export async function* readParquet(
  path: string,
  gzipped: boolean,
  firstRow: number,
): AsyncGenerator<ReadRow> {
  const handle = gzipped ? null : await open(path, 'r');
  try {
    const file = handle ? await fileSource(handle) : await unpackedSource(path);
    const metadata = await readOrStop(file, () => parquetMetadataAsync(file.buffer));
    let row = 0;
    for (const group of metadata.row_groups) {
      const count = Number(group.num_rows);
      checkGroup(group, count);
      const range = { rowStart: row, rowEnd: row + count };
      const values = await readOrStop(file, () =>
        parquetReadObjects({ file: file.buffer, metadata, compressors, ...range }),
      );
      for (const value of values) {
        yield { row: firstRow + row, line: row + 1, ok: true, value: plainValue(value) };
        row++;
      }
    }
  } finally {
    await handle?.close();
  }
}

function checkGroup(group: FileMetaData['row_groups'][number], rows: number): void {
  const bytes = group.columns.reduce((sum, { meta_data }) => {
    return sum + Number(meta_data?.total_uncompressed_size ?? 0);
  }, 0);
  if (bytes > LARGEST_GROUP_BYTES || rows > LARGEST_GROUP_ROWS)
    throw new CodedException(tooLarge(`One of its row groups holds ${rows} rows of ${bytes} bytes.`));
}

/** Bytes for hyparquet that can be held back. */
interface Source {
  readonly buffer: AsyncBuffer;
  stopped: boolean;
}

/**
 * A schema that does not fit its columns makes hyparquet throw while reads of other columns are on their
 * way; these would later fail where nobody listens, which ends the process. So they never get their bytes.
 */
async function readOrStop<T>(source: Source, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    source.stopped = true;
    const said = error instanceof Error ? error.message : String(error);
    throw new CodedException(damagedFile(`The Parquet data cannot be read: ${said}`));
  }
}

function createSource(size: number, bytesOf: (start: number, end: number) => Promise<Buffer>): Source {
  const source: Source = {
    stopped: false,
    buffer: {
      byteLength: size,
      slice: async (start, end = size) => {
        // Damaged offsets can be anything, and a read that rejects may have no listener: it gives no bytes.
        const from = Number.isSafeInteger(start) && start >= 0 ? Math.min(start, size) : size;
        const to = Number.isSafeInteger(end) ? Math.max(from, Math.min(end, size)) : from;
        const bytes = await bytesOf(from, to);
        return source.stopped ? new Promise<never>(() => undefined) : arrayBufferOf(bytes);
      },
    },
  };
  return source;
}

async function fileSource(handle: FileHandle): Promise<Source> {
  const { size } = await handle.stat();
  return createSource(size, async (start, end) => {
    const bytes = Buffer.alloc(end - start);
    await handle.read(bytes, 0, bytes.length, start);
    return bytes;
  });
}

async function unpackedSource(path: string): Promise<Source> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of unpack(path)) {
    size += chunk.length;
    if (size > LARGEST_UNPACKED_BYTES)
      throw new CodedException(tooLarge('A gzipped Parquet file is read from memory, up to 256 MiB.'));
    parts.push(chunk);
  }
  const bytes = Buffer.concat(parts);
  return createSource(size, async (start, end) => {
    await setImmediate();
    return bytes.subarray(start, end);
  });
}

function arrayBufferOf(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

/** As JSON would have it: whole numbers as numbers, times as ISO text, raw bytes as null. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === undefined || value === null || typeof value !== 'object') return value ?? null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return null;
  if (Array.isArray(value)) return value.map(plainValue);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plainValue);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainValue(entry)]));
}
