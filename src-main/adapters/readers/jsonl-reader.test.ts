import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readJsonLines } from './jsonl-reader.ts';

const directory = mkdtempSync(join(tmpdir(), 'luthier-reader-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function read(content: string | Buffer) {
  const path = join(directory, 'rows.jsonl');
  writeFileSync(path, content);
  const lines = [];
  for await (const line of readJsonLines(path, 0)) lines.push(line);
  return lines;
}

describe('readJsonLines', () => {
  it('counts rows from 0 and lines from 1, and skips empty lines', async () => {
    expect(await read('{"a":1}\n\n  \n{"a":2}\n')).toEqual([
      { row: 0, line: 1, ok: true, value: { a: 1 } },
      { row: 1, line: 4, ok: true, value: { a: 2 } },
    ]);
  });

  it('takes a byte order mark, CRLF and a missing last newline', async () => {
    expect(await read('\ufeff{"a":1}\r\n{"a":2}')).toEqual([
      { row: 0, line: 1, ok: true, value: { a: 1 } },
      { row: 1, line: 2, ok: true, value: { a: 2 } },
    ]);
  });

  it('keeps a broken line in its place, with what is wrong', async () => {
    const [, broken, after] = await read('{"a":1}\n{"a":\n{"a":3}\n');
    expect(broken).toMatchObject({ row: 1, line: 2, ok: false });
    expect(after).toMatchObject({ row: 2, ok: true });
  });

  it('refuses bytes that are no UTF-8 instead of replacing them', async () => {
    const [line] = await read(Buffer.from([0x22, 0xff, 0x22, 0x0a]));
    expect(line).toMatchObject({ ok: false, message: 'The line is not valid UTF-8.' });
  });

  it('joins a row that spans several chunks of the file', async () => {
    const long = 'x'.repeat(3 * 1024 * 1024);
    const lines = await read(`${JSON.stringify({ long })}\n{"b":1}\n`);
    expect(lines.map(line => line.ok)).toEqual([true, true]);
    expect(lines[0]).toMatchObject({ value: { long } });
  });

  it('has no rows in an empty file', async () => {
    expect(await read('')).toEqual([]);
  });
});
