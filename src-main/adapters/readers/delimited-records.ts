/**
 * Cuts CSV and TSV bytes into records and fields: RFC 4180, with exact line numbers. A quote opens a field
 * only at its beginning; text behind a closing quote is kept, as spreadsheets do. Our own because the
 * parsers at hand miscount lines in quoted CRLF and lose the rows before an unclosed quote.
 */
import { LONGEST_ROW_BYTES } from './data-file.ts';

export interface DelimitedRecord {
  readonly bytes: Buffer;
  /** Where the record begins, from 1. */
  readonly line: number;
  /** The file ends inside a quoted field. */
  readonly unclosed: boolean;
  readonly tooLong: boolean;
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** Records end at a newline outside quotes. Empty lines are no records. */
export async function* splitRecords(
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
): AsyncGenerator<DelimitedRecord> {
  const separator = delimiter.charCodeAt(0);
  let line = 1;
  let startLine = 1;
  let atFieldStart = true;
  let quoted = false;
  /** The byte before closed a quoted field: another quote makes it a quote in the text. */
  let justClosed = false;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const hold = (part: Buffer) => {
    heldBytes += part.length;
    if (heldBytes <= LONGEST_ROW_BYTES) held.push(part);
    else held = [];
  };
  const take = (unclosed: boolean): DelimitedRecord | null => {
    const whole = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    const bytes = !unclosed && whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole;
    const record = { bytes, line: startLine, unclosed, tooLong: heldBytes > LONGEST_ROW_BYTES };
    held = [];
    heldBytes = 0;
    return record.tooLong || bytes.some(byte => byte !== SPACE) ? record : null;
  };
  for await (const data of chunks) {
    let from = 0;
    for (let i = 0; i < data.length; i++) {
      const byte = data[i];
      if (quoted) {
        if (byte === NEWLINE) line++;
        quoted = byte !== QUOTE;
        justClosed = !quoted;
        continue;
      }
      if (byte === QUOTE) {
        quoted = atFieldStart || justClosed;
        atFieldStart = false;
        justClosed = false;
        continue;
      }
      justClosed = false;
      if (byte === separator) {
        atFieldStart = true;
      } else if (byte === NEWLINE) {
        hold(data.subarray(from, i));
        const record = take(false);
        if (record) yield record;
        line++;
        startLine = line;
        from = i + 1;
        atFieldStart = true;
      } else {
        atFieldStart = false;
      }
    }
    if (from < data.length) hold(data.subarray(from));
  }
  const last = heldBytes > 0 ? take(quoted) : null;
  if (last) yield last;
}

/** One record → its fields, unquoted: `a,"b ""c""",` → `a`, `b "c"` and an empty one. */
export function splitFields(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ; ) {
    let field = '';
    if (record[at] === '"') {
      at++;
      for (;;) {
        const close = record.indexOf('"', at);
        if (close < 0) return [...fields, field + record.slice(at)];
        field += record.slice(at, close);
        at = close + 1;
        if (record[at] !== '"') break;
        field += '"';
        at++;
      }
    }
    const end = record.indexOf(delimiter, at);
    if (end < 0) return [...fields, field + record.slice(at)];
    fields.push(field + record.slice(at, end));
    at = end + 1;
  }
}
