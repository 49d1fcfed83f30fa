/**
 * Reads a JSON document row by row: an array of rows, rows one after the other over several lines, or one
 * object that holds the rows. Values are cut out by their brackets before they are parsed, so an array may
 * be larger than memory; a single object must fit the limit of one row.
 */
import type { RawRow, UnparsedRow } from './data-file.ts';
import { LONGEST_ROW_BYTES, TOO_LONG } from './data-file.ts';
import { expandDocument } from './expand-document.ts';
import { isBlank, parseRow } from './parse-json.ts';

export async function* readJsonDocument(
  chunks: AsyncIterable<Buffer>,
  firstRow: number,
): AsyncGenerator<RawRow> {
  let row = firstRow;
  let held: UnparsedRow | null = null;
  for await (const { bytes, line, inArray, tooLong } of splitValues(chunks)) {
    if (!tooLong && isBlank(bytes)) continue;
    if (held) yield { ...held, row: row++ };
    held = null;
    if (tooLong) yield { row: row++, line, ...TOO_LONG };
    else if (!inArray && row === firstRow) held = { row, line, bytes };
    else yield { row: row++, line, bytes };
  }
  if (!held) return;
  const parsed = parseRow(held);
  if (!parsed.ok) yield parsed;
  else
    for (const value of expandDocument(parsed.value)) yield { row: row++, line: held.line, ok: true, value };
}

interface CutValue {
  readonly bytes: Buffer;
  /** Where the value begins, from 1. */
  readonly line: number;
  /** An element of the document's array, not a value of its own. */
  readonly inArray: boolean;
  readonly tooLong: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const isSpace = (byte: number) => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;

/** `[{…}, {…}]` and `{…} {…}` alike → the bytes of each `{…}`. What is cut off at the end comes as it is. */
async function* splitValues(chunks: AsyncIterable<Buffer>): AsyncGenerator<CutValue> {
  let line = 1;
  let inArray = false;
  let inValue = false;
  let inString = false;
  let escaped = false;
  let depth = 0;
  let startLine = 1;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const hold = (part: Buffer) => {
    heldBytes += part.length;
    if (heldBytes <= LONGEST_ROW_BYTES) held.push(part);
    else held = [];
  };
  const take = (): CutValue => {
    const value = {
      bytes: Buffer.concat(held),
      line: startLine,
      inArray,
      tooLong: heldBytes > LONGEST_ROW_BYTES,
    };
    held = [];
    heldBytes = 0;
    inValue = false;
    return value;
  };
  for await (const data of chunks) {
    let from = 0;
    for (let i = 0; i < data.length; i++) {
      const byte = data[i] as number;
      if (byte === NEWLINE) line++;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      if (!inValue) {
        if (isSpace(byte) || byte === COMMA) continue;
        if (byte === OPEN_LIST && !inArray) {
          inArray = true;
          continue;
        }
        if (byte === CLOSE_LIST && inArray) {
          inArray = false;
          continue;
        }
        inValue = true;
        startLine = line;
        depth = 0;
        from = i;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && depth > 0) {
        depth--;
        if (depth === 0) {
          hold(data.subarray(from, i + 1));
          yield take();
        }
      } else if (depth === 0 && (isSpace(byte) || byte === COMMA || byte === CLOSE_LIST)) {
        hold(data.subarray(from, i));
        yield take();
        if (byte === CLOSE_LIST) inArray = false;
      }
    }
    if (inValue) hold(data.subarray(from));
  }
  if (inValue) yield take();
}
