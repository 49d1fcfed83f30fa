/** Reads JSON Lines row by row, at bounded memory, with a message for every line that is no JSON. */
import { type ReadRow, TOO_LONG } from './data-file.ts';
import { splitLines } from './lines.ts';
import { parseJson } from './parse-json.ts';

/** Empty lines are no rows. */
export async function* readJsonLines(
  chunks: AsyncIterable<Buffer>,
  firstRow: number,
): AsyncGenerator<ReadRow> {
  let row = firstRow;
  for await (const { bytes, line, tooLong } of splitLines(chunks)) {
    const parsed = tooLong ? TOO_LONG : parseJson(bytes);
    if (parsed) yield { row: row++, line, ...parsed };
  }
}
