/** Where the rows of a JSON Lines file begin, so that any page of it is read at once. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { encodingOf, unpack } from './byte-stream.ts';
import type { ReadRow } from './data-file.ts';
import { TOO_LONG } from './data-file.ts';
import { splitLines } from './lines.ts';
import { isBlank, parseRow } from './parse-json.ts';

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export interface LineIndex {
  readonly rows: number;
  /** Rows between two marks. */
  readonly every: number;
  /** Byte offset and line number (from 1) of rows 0, every, 2·every, … */
  readonly marks: readonly { readonly offset: number; readonly line: number }[];
}

/** Null where the file is packed or not UTF-8, so that no offset leads into it. Throws what the file system throws. */
export async function indexLines(
  path: string,
  every: number,
  signal: AbortSignal,
): Promise<LineIndex | null> {
  const bom = await startOfText(path);
  if (bom === null) return null;
  const marks: { offset: number; line: number }[] = [];
  let rows = 0;
  let line = 1;
  let lineStart = bom;
  let isRow = false;
  let chunkStart = 0;
  const see = (data: Buffer, from: number, to: number) => {
    for (let at = from; at < to && !isRow; at++) {
      if (isSpace(data[at] ?? 0)) continue;
      isRow = true;
      if (rows % every === 0) marks.push({ offset: lineStart, line });
      rows++;
    }
  };
  for await (const data of unpack(path)) {
    let from = chunkStart < bom ? bom - chunkStart : 0;
    for (let at = data.indexOf(NEWLINE, from); at >= 0; at = data.indexOf(NEWLINE, from)) {
      see(data, from, at);
      from = at + 1;
      lineStart = chunkStart + from;
      line++;
      isRow = false;
    }
    see(data, from, data.length);
    chunkStart += data.length;
    if (signal.aborted) return null;
  }
  return { rows, every, marks };
}

/** Rows `from` to `from + count`, counted from 0 in this file; `firstRow` is added to their numbers. */
export async function readIndexedRows(
  path: string,
  index: LineIndex,
  from: number,
  count: number,
  firstRow: number,
): Promise<ReadRow[]> {
  const block = Math.floor(from / index.every);
  const mark = index.marks[block];
  if (!mark) return [];
  const rows: ReadRow[] = [];
  let row = block * index.every;
  const file = createReadStream(path, { start: mark.offset, highWaterMark: 1 << 18 });
  try {
    for await (const { bytes, line, tooLong } of splitLines(file as AsyncIterable<Buffer>)) {
      if (row < from && bytes.some(byte => !isSpace(byte))) {
        row++;
        continue;
      }
      if (!tooLong && isBlank(bytes)) continue;
      const place = { row: firstRow + row++, line: mark.line + line - 1 };
      rows.push(tooLong ? { ...place, ...TOO_LONG } : parseRow({ ...place, bytes }));
      if (rows.length >= count) break;
    }
  } finally {
    file.destroy();
  }
  return rows;
}

/** The length of a byte order mark; null where bytes of the file are not bytes of its text. */
async function startOfText(path: string): Promise<number | null> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    const head = buffer.subarray(0, bytesRead);
    if ((head[0] === 0x1f && head[1] === 0x8b) || encodingOf(head) !== 'utf-8') return null;
    return BYTE_ORDER_MARK.every((byte, i) => head[i] === byte) ? BYTE_ORDER_MARK.length : 0;
  } finally {
    await handle.close();
  }
}

/** What `String.prototype.trim` takes for space, as far as it is one byte. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
