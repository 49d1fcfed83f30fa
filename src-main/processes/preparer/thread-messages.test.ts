import { expect, it } from 'vitest';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { RawRow } from '../../adapters/readers/data-file.ts';
import type { ImportOptions } from '../../pipeline/import/import-options.ts';
import { packBatch, packLabelled, unpackBatch } from './thread-messages.ts';

const options: ImportOptions = {
  format: 'messages',
  formatFixed: false,
  columns: { prompt: 'q' },
  roles: {},
  systemPrompt: null,
  systemRole: 'keep',
};

it('a batch comes out of its message as it went in: bytes, values and faults in order', () => {
  const chunk = Buffer.from('{"a":1}\n{"b":"é"}\n');
  const rows: RawRow[] = [
    { row: 3, line: 4, bytes: chunk.subarray(0, 7) },
    { row: 4, line: 5, ok: false, code: 'row.tooLong', message: 'Too long.' },
    { row: 5, line: 6, bytes: chunk.subarray(8, 18) },
    { row: 6, line: 7, ok: true, value: { length: 2, nested: [null, 'x'] } },
  ];
  const packed = packBatch({ options, rows });
  const sent = structuredClone(packed, { transfer: [packed.bytes.buffer] });
  const { options: received, rows: unpacked } = unpackBatch(sent);
  expect(received).toEqual(options);
  expect(unpacked.map(row => ('bytes' in row ? row.bytes.toString('utf8') : row))).toEqual([
    '{"a":1}',
    rows[1],
    '{"b":"é"}',
    rows[3],
  ]);
  expect(unpacked.map(({ row, line }) => [row, line])).toEqual(rows.map(({ row, line }) => [row, line]));
});

it('labelled rows travel whole, ids and labels in one buffer', () => {
  const example = (ids: number[], problem: string): LabelledExample => ({
    row: 1,
    line: 2,
    inputIds: Int32Array.from(ids),
    labels: Int32Array.from(ids, id => -id),
    dropped: problem === '' ? null : 'invalid',
    truncatedTokens: 0,
    method: 'tags',
    problem,
    findings: ['data.placeholder'],
    trace: null,
  });
  const rows = [
    { row: 1, key: { high: 1, low: 2 }, examples: [example([5, 6, 7], ''), example([], 'Bad.')] },
    { row: 2, key: { high: 3, low: 4 }, examples: [example([8], '')] },
  ];
  const packed = packLabelled(rows);
  expect(packed.buffer.byteLength).toBe(4 * 2 * 4);
  expect(structuredClone(packed.rows, { transfer: [packed.buffer] })).toEqual(rows);
});
