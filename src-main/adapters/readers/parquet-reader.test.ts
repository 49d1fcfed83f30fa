import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type FixtureColumn, type FixtureElement, type FixtureFile, parquetFile } from './parquet-fixture.ts';
import { createReaderWorkspace } from './reader-workspace.ts';

const workspace = createReaderWorkspace();
afterAll(workspace.remove);

const none = { codec: 0, compress: (bytes: Buffer) => bytes };
const flat = (
  name: string,
  type: 'text' | 'int64',
  values: readonly (string | bigint | null)[],
): FixtureColumn => ({
  path: [name],
  type,
  entries: values.map(value => ({ value, definition: value === null ? 0 : 1, repetition: 0 })),
  maxDefinition: 1,
  maxRepetition: 0,
});
const optional = (name: string, type: 'text' | 'int64'): FixtureElement => ({
  name,
  repetition: 'optional',
  type,
});

const table: FixtureFile = {
  ...none,
  schema: [optional('prompt', 'text'), optional('completion', 'text'), optional('id', 'int64')],
  rootChildren: 3,
  rowGroups: [
    {
      rows: 2,
      columns: [
        flat('prompt', 'text', ['a', 'é😀']),
        flat('completion', 'text', ['b', null]),
        flat('id', 'int64', [7n, 2n ** 60n]),
      ],
    },
    {
      rows: 1,
      columns: [
        flat('prompt', 'text', ['c']),
        flat('completion', 'text', ['d']),
        flat('id', 'int64', [null]),
      ],
    },
  ],
};
const tableRows = [
  { row: 0, line: 1, ok: true, value: { prompt: 'a', completion: 'b', id: 7 } },
  { row: 1, line: 2, ok: true, value: { prompt: 'é😀', completion: null, id: '1152921504606846976' } },
  { row: 2, line: 3, ok: true, value: { prompt: 'c', completion: 'd', id: null } },
];

/** `messages: list<struct<role, content>>` with two messages, the second without content, then one row of one. */
const chat: FixtureFile = {
  ...none,
  schema: [
    { name: 'messages', repetition: 'optional', children: 1, list: true },
    { name: 'list', repetition: 'repeated', children: 1 },
    { name: 'element', repetition: 'optional', children: 2 },
    optional('role', 'text'),
    optional('content', 'text'),
  ],
  rootChildren: 1,
  rowGroups: [
    {
      rows: 2,
      columns: [leaf('role', ['user', 'assistant', 'user']), leaf('content', ['hi', null, 'again'])],
    },
  ],
};

function leaf(name: string, values: readonly (string | null)[]): FixtureColumn {
  const repetitions = [0, 1, 0];
  return {
    path: ['messages', 'list', 'element', name],
    type: 'text',
    entries: values.map((value, i) => ({
      value,
      definition: value === null ? 3 : 4,
      repetition: repetitions[i] ?? 0,
    })),
    maxDefinition: 4,
    maxRepetition: 1,
  };
}

/** Snappy's simplest form: the length, then all bytes as one literal. */
function snappyLiteral(bytes: Buffer): Buffer {
  const { length } = bytes;
  return Buffer.concat([Buffer.from([length, (length - 1) << 2]), bytes]);
}

describe('Parquet', () => {
  it.each([
    ['plain', none],
    ['snappy', { codec: 1, compress: snappyLiteral }],
    ['gzip', { codec: 2, compress: (bytes: Buffer) => gzipSync(bytes) }],
    ['brotli', { codec: 4, compress: (bytes: Buffer) => brotliCompressSync(bytes) }],
    ['zstd', { codec: 6, compress: (bytes: Buffer) => zstdCompressSync(bytes) }],
  ])('is read over row groups, with %s pages', async (_, packing) => {
    expect(await workspace.read('a.parquet', parquetFile({ ...table, ...packing }))).toEqual(tableRows);
  });

  it('is told by its content and read from a gzipped file', async () => {
    expect(await workspace.read('a.jsonl', parquetFile(table))).toEqual(tableRows);
    expect(await workspace.read('a.parquet.gz', gzipSync(parquetFile(table)))).toEqual(tableRows);
  });

  it('holds lists of messages', async () => {
    expect(await workspace.values('a.parquet', parquetFile(chat))).toEqual([
      {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: null },
        ],
      },
      { messages: [{ role: 'user', content: 'again' }] },
    ]);
  });

  it('that is cut off or damaged is named so', async () => {
    const bytes = parquetFile(table);
    for (const damaged of [
      bytes.subarray(0, bytes.length - 30),
      Buffer.from('PAR1PAR1'),
      Buffer.from('PAR1'),
    ]) {
      await expect(workspace.read('a.parquet', damaged)).rejects.toMatchObject({
        coded: { code: 'data.damaged' },
      });
    }
  });

  it('with any byte wrong is read or named as damaged, and never ends the process', async () => {
    for (const bytes of [parquetFile(table), parquetFile(chat)]) {
      for (let at = 4; at < bytes.length; at++) {
        const damaged = Buffer.from(bytes);
        damaged[at] = 255 - (damaged[at] ?? 0);
        const outcome = await workspace.read('a.parquet', damaged).catch((error: unknown) => error);
        if (!Array.isArray(outcome)) expect(outcome).toHaveProperty('coded.code');
      }
    }
  });

  it('with a row group that would fill the memory is refused before it is read', async () => {
    const [group] = table.rowGroups;
    const huge = { ...table, rowGroups: [{ rows: 5_000_000, columns: group?.columns ?? [] }] };
    await expect(workspace.read('a.parquet', parquetFile(huge))).rejects.toMatchObject({
      coded: { code: 'data.tooLarge' },
    });
  });
});
