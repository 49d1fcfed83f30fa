/** Splits a stream of bytes into lines, at bounded memory. */
import { LONGEST_ROW_BYTES } from './data-file.ts';

export interface Line {
  /** Without its newline; a carriage return before it stays. Empty where the line is too long. */
  readonly bytes: Buffer;
  /** From 1. */
  readonly line: number;
  readonly tooLong: boolean;
}

const NEWLINE = 0x0a;

export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;
  const hold = (part: Buffer) => {
    heldBytes += part.length;
    if (heldBytes <= LONGEST_ROW_BYTES) held.push(part);
    else held = [];
  };
  const take = (): Line => {
    const bytes = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    const taken = { bytes, line: line++, tooLong: heldBytes > LONGEST_ROW_BYTES };
    held = [];
    heldBytes = 0;
    return taken;
  };
  for await (const data of chunks) {
    let from = 0;
    for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, from)) {
      hold(data.subarray(from, at));
      yield take();
      from = at + 1;
    }
    if (from < data.length) hold(data.subarray(from));
  }
  if (heldBytes > 0) yield take();
}
