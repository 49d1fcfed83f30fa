/** Reads a JSON Lines file row by row, at bounded memory, with a message for every line that is no JSON. */
import { createReadStream } from 'node:fs';
import type { RowPlace } from '../../../src-shared/domain/conversation.ts';

export type ParsedLine = RowPlace &
  ({ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string });

/** A longer line is refused as it stands: nothing that long is one training row. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Empty lines are no rows; a byte order mark and CRLF are taken off. Throws what the file system throws. */
export async function* readJsonLines(path: string, firstRow: number): AsyncGenerator<ParsedLine> {
  let row = firstRow;
  for await (const { bytes, line, tooLong } of readLines(path)) {
    if (tooLong) {
      yield {
        row: row++,
        line,
        ok: false,
        message: `The line is longer than ${LONGEST_LINE_BYTES >> 20} MiB.`,
      };
      continue;
    }
    const parsed = parseLine(line === 1 ? withoutMark(bytes) : bytes);
    if (parsed) yield { row: row++, line, ...parsed };
  }
}

type Parsed = { ok: true; value: unknown } | { ok: false; message: string };

function parseLine(bytes: Buffer): Parsed | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, message: 'The line is not valid UTF-8.' };
  }
  if (text.trim() === '') return null;
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return {
      ok: false,
      message: `The line is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

interface Line {
  readonly bytes: Buffer;
  readonly line: number;
  readonly tooLong: boolean;
}

async function* readLines(path: string): AsyncGenerator<Line> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;
  const hold = (part: Buffer) => {
    heldBytes += part.length;
    if (heldBytes <= LONGEST_LINE_BYTES) held.push(part);
    else held = [];
  };
  const take = (): Line => {
    const taken = { bytes: Buffer.concat(held), line: line++, tooLong: heldBytes > LONGEST_LINE_BYTES };
    held = [];
    heldBytes = 0;
    return taken;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const data = chunk as Buffer;
    let from = 0;
    for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, from)) {
      hold(data.subarray(from, at));
      yield take();
      from = at + 1;
    }
    hold(data.subarray(from));
  }
  if (heldBytes > 0) yield take();
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
