/** Reads JSON Lines row by row, at bounded memory. */
import { type RawRow, TOO_LONG } from './data-file.ts';
import { splitLines } from './lines.ts';
import { isBlank } from './parse-json.ts';

/** Empty lines are no rows. */
export async function* readJsonLines(
  chunks: AsyncIterable<Buffer>,
  firstRow: number,
): AsyncGenerator<RawRow> {
  let row = firstRow;
  for await (const { bytes, line, tooLong } of splitLines(chunks)) {
    if (tooLong) yield { row: row++, line, ...TOO_LONG };
    else if (!isBlank(bytes)) yield { row: row++, line, bytes };
  }
}
