import { afterAll, describe, expect, it } from 'vitest';
import { createReaderWorkspace } from './reader-workspace.ts';

const workspace = createReaderWorkspace();
afterAll(workspace.remove);
const read = (content: string | Buffer) => workspace.read('rows.jsonl', content);

describe('JSON Lines', () => {
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
    expect(broken).toMatchObject({ row: 1, line: 2, message: 'The JSON ends early; was the file cut off?' });
    expect(after).toMatchObject({ row: 2, ok: true });
  });

  it('keeps a broken first line in its place', async () => {
    const [broken, after] = await read('{"a":\n{"a":3}\n');
    expect(broken).toMatchObject({ row: 0, line: 1, ok: false });
    expect(after).toMatchObject({ row: 1, line: 2, ok: true });
  });

  it.each([
    ["{'a': None}", 'row.pythonRepr', 'This is Python, not JSON'],
    ['{"a": True}', 'row.pythonRepr', 'This is Python, not JSON'],
    ['{"a": NaN}', 'row.notJson', '`NaN` is not JSON'],
    ['{"a": -Infinity}', 'row.notJson', '`-Infinity` is not JSON'],
    ['{"a": "None, \'b\'", "c": }', 'row.notJson', 'The line is not JSON'],
  ])('says what %s is', async (line, code, message) => {
    const [, bad] = await read(`{"a":1}\n${line}\n`);
    expect(bad).toMatchObject({ ok: false, code, message: expect.stringContaining(message) });
  });

  it('refuses bytes that are no UTF-8 instead of replacing them', async () => {
    const bad = Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), Buffer.from([0xff]), Buffer.from('"}\n')]);
    expect((await read(bad))[1]).toMatchObject({
      code: 'row.notUtf8',
      message: 'The line is not valid UTF-8.',
    });
  });

  it('refuses rows that are nested to overflow a stack', async () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await read(`{"a":1}\n${deep}\n`))[1]).toMatchObject({ code: 'row.tooDeep' });
  });

  it('joins a row that spans several chunks of the file', async () => {
    const long = 'é😀'.repeat(1024 * 1024);
    const rows = await read(`{"b":1}\n${JSON.stringify({ long })}\n{"b":1}\n`);
    expect(rows.map(row => row.ok)).toEqual([true, true, true]);
    expect(rows[1]).toMatchObject({ value: { long } });
  });
});
