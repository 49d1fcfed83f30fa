/** A page read by its offset must hold the very rows that reading from the start gives. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readBytes } from './byte-stream.ts';
import type { ReadRow } from './data-file.ts';
import { readJsonLines } from './jsonl-reader.ts';
import { indexLines, readIndexedRows } from './line-index.ts';
import { parseRow } from './parse-json.ts';

const directory = mkdtempSync(join(tmpdir(), 'luthier-lines-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const signal = new AbortController().signal;

async function fromStart(path: string): Promise<ReadRow[]> {
  const rows: ReadRow[] = [];
  for await (const row of readJsonLines(readBytes(path), 0)) rows.push(parseRow(row));
  return rows;
}

test.each([
  ['plain', ''],
  ['with a byte order mark', '\uFEFF'],
])('any page of a file %s, with blank lines and bad rows in it', async (_, start) => {
  const path = join(directory, `rows-${start.length}.jsonl`);
  const lines = Array.from({ length: 57 }, (_unused, i) =>
    i % 9 === 4 ? '  \t' : i % 11 === 7 ? '{broken' : JSON.stringify({ i, text: 'ä'.repeat(i) }),
  );
  writeFileSync(path, start + lines.join('\r\n'));
  const all = await fromStart(path);
  const index = await indexLines(path, 4, signal);
  expect(index?.rows).toBe(all.length);
  for (let from = 0; from < all.length; from += 3) {
    expect(index && (await readIndexedRows(path, index, from, 5, 0))).toEqual(all.slice(from, from + 5));
  }
});

test('a packed file and one in UTF-16 have no index', async () => {
  const packed = join(directory, 'rows.jsonl.gz');
  writeFileSync(packed, gzipSync('{"a":1}\n'));
  expect(await indexLines(packed, 4, signal)).toBeNull();
  const wide = join(directory, 'wide.jsonl');
  writeFileSync(wide, Buffer.from('\uFEFF{"a":1}\n', 'utf16le'));
  expect(await indexLines(wide, 4, signal)).toBeNull();
});
