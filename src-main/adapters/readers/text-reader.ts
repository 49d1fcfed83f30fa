/** Reads a text file: one example per paragraph, as rows `{text}`. */
import { LONGEST_ROW_BYTES, type ReadRow, TOO_LONG } from './data-file.ts';
import { splitLines } from './lines.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Blank lines part paragraphs; `line` is where one begins. Lines end in `\n`, whatever the file has. */
export async function* readParagraphs(
  chunks: AsyncIterable<Buffer>,
  firstRow: number,
): AsyncGenerator<ReadRow> {
  let row = firstRow;
  let lines: Buffer[] = [];
  let heldBytes = 0;
  let startLine = 1;
  const take = (): ReadRow => {
    const place = { row: row++, line: startLine };
    const taken = heldBytes > LONGEST_ROW_BYTES ? TOO_LONG : paragraphOf(lines);
    lines = [];
    heldBytes = 0;
    return { ...place, ...taken };
  };
  for await (const { bytes, line, tooLong } of splitLines(chunks)) {
    if (!tooLong && isBlank(bytes)) {
      if (heldBytes > 0) yield take();
      continue;
    }
    if (heldBytes === 0) startLine = line;
    heldBytes += tooLong ? LONGEST_ROW_BYTES + 1 : bytes.length;
    if (heldBytes <= LONGEST_ROW_BYTES) lines.push(bytes);
    else lines = [];
  }
  if (heldBytes > 0) yield take();
}

function paragraphOf(lines: readonly Buffer[]) {
  try {
    const text = lines.map(line => decoder.decode(line).replace(/\r$/, '')).join('\n');
    return { ok: true, value: { text } } as const;
  } catch {
    return { ok: false, code: 'row.notUtf8', message: 'The paragraph is not valid UTF-8.' } as const;
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
