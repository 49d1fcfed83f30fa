import { afterAll, describe, expect, it } from 'vitest';
import { readJsonDocument } from './json-reader.ts';
import { parseRow } from './parse-json.ts';
import { createReaderWorkspace, stream } from './reader-workspace.ts';

const workspace = createReaderWorkspace();
afterAll(workspace.remove);
const read = (content: string, name = 'rows.json') => workspace.read(name, content);
const values = (content: string, name = 'rows.json') => workspace.values(name, content);

describe('JSON documents', () => {
  it('give the elements of an array, each with the line where it begins', async () => {
    expect(await read('[\n  {"a": "]},{"},\n  {"a": "\\"["}\n]\n')).toEqual([
      { row: 0, line: 2, ok: true, value: { a: ']},{' } },
      { row: 1, line: 3, ok: true, value: { a: '"[' } },
    ]);
  });

  it('are told by their content, not by their name', async () => {
    expect(await values('[{"a":1},{"a":2}]', 'rows.jsonl')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await values('{"a":1}\n{"a":2}\n', 'rows.json')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('may be objects one after the other over several lines', async () => {
    expect(await read('{\n "a": 1\n}\n{\n "a": 2\n}')).toMatchObject([
      { row: 0, line: 1, value: { a: 1 } },
      { row: 1, line: 4, value: { a: 2 } },
    ]);
  });

  it('keep a broken element in its place', async () => {
    const rows = await read('[\n{"a": 1},\n{"a": NaN},\n{"a": 3}\n]');
    expect(rows).toMatchObject([{ ok: true }, { row: 1, line: 3, ok: false }, { row: 2, ok: true }]);
  });

  it('say where they are cut off', async () => {
    expect(await read('[{"a": 1},\n{"a": "x')).toMatchObject([
      { ok: true },
      { line: 2, ok: false, message: 'The JSON ends early; was the file cut off?' },
    ]);
  });

  it('read strings that span chunks of the file', async () => {
    const long = '"{[\\'.repeat(700_000);
    expect(await values(JSON.stringify([{ long }, { b: 1 }]))).toEqual([{ long }, { b: 1 }]);
  });

  it('are cut alike wherever the chunks of the file end', async () => {
    const bytes = Buffer.from('[ {"a": "\\\\\\"]é"},\n12 ,"x"]\n{"b": [{}]}');
    const rows = [];
    for await (const row of readJsonDocument(stream([...bytes].map(byte => Buffer.from([byte]))), 0))
      rows.push(parseRow(row));
    expect(rows).toEqual([
      { row: 0, line: 1, ok: true, value: { a: '\\"]é' } },
      { row: 1, line: 2, ok: true, value: 12 },
      { row: 2, line: 2, ok: true, value: 'x' },
      { row: 3, line: 3, ok: true, value: { b: [{}] } },
    ]);
  });

  it.each([
    [
      'an object of arrays',
      '{"q": ["a", "b"], "r": [1, 2]}',
      [
        { q: 'a', r: 1 },
        { q: 'b', r: 2 },
      ],
    ],
    ['columns as pandas writes them', '{"q": {"0": "a", "1": "b"}}', [{ q: 'a' }, { q: 'b' }]],
    ['rows under a name', '{"version": 1, "data": [{"a": 1}, {"a": 2}]}', [{ a: 1 }, { a: 2 }]],
    [
      'lists of messages in a column',
      '{"messages": [[{"role": "user"}]]}',
      [{ messages: [{ role: 'user' }] }],
    ],
  ])('expand %s', async (_, content, expected) => {
    expect(await values(content)).toEqual(expected);
  });

  it.each([
    [{ messages: [{ role: 'user', content: 'a' }] }],
    [{ input_ids: [1, 2], labels: [1, 2] }],
    [{ prompt: 'a', completion: 'b' }],
    [{ a: [1, 2], b: [1] }],
  ])('take %j as the one row that it is', async row => {
    expect(await values(JSON.stringify(row))).toEqual([row]);
    expect(await values(JSON.stringify(row, null, 2))).toEqual([row]);
  });
});
