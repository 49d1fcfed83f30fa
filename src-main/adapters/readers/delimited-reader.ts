/** Reads CSV and TSV row by row, as objects of text cells; an empty cell holds nothing, hence null. */
import { type ReadRow, TOO_LONG } from './data-file.ts';
import type { DelimitedHeader } from './delimited-header.ts';
import { type DelimitedRecord, splitFields, splitRecords } from './delimited-records.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export async function* readDelimited(
  chunks: AsyncIterable<Buffer>,
  header: DelimitedHeader,
  firstRow: number,
): AsyncGenerator<ReadRow> {
  let row = firstRow;
  let atHeader = header.named;
  for await (const record of splitRecords(chunks, header.delimiter)) {
    if (!atHeader) yield { row: row++, line: record.line, ...cellsOf(record, header) };
    atHeader = false;
  }
}

function cellsOf(record: DelimitedRecord, { columns, delimiter }: DelimitedHeader) {
  if (record.tooLong) return TOO_LONG;
  if (record.unclosed)
    return bad(
      'row.openQuote',
      'A quoted field is opened here and never closed; the rest of the file is in it.',
    );
  let text: string;
  try {
    text = decoder.decode(record.bytes);
  } catch {
    return bad('row.notUtf8', 'The row is not valid UTF-8; save the file as UTF-8.');
  }
  const cells = splitFields(text, delimiter);
  const extra = cells.slice(columns.length);
  if (cells.length < columns.length || extra.some(cell => cell !== ''))
    return bad(
      'row.fieldCount',
      `The row has ${cells.length} ${cells.length === 1 ? 'field' : 'fields'}, the header ${columns.length}.`,
    );
  const named = columns.map((name, i) => [name, cells[i] || null] as const).filter(([name]) => name !== '');
  return { ok: true, value: Object.fromEntries(named) } as const;
}

function bad(code: string, message: string) {
  return { ok: false, code, message } as const;
}
