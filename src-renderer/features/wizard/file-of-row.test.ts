import { expect, test } from 'vitest';
import { fileOfRow } from './file-of-row.ts';

test('rows are counted through all files', () => {
  const files = [
    { path: '/data/a.jsonl', rows: 2 },
    { path: '/data/empty.jsonl', rows: 0 },
    { path: 'C:\\data\\b.csv', rows: 1 },
  ];
  expect([0, 1, 2, 3].map(row => fileOfRow(files, row))).toEqual(['a.jsonl', 'a.jsonl', 'b.csv', '']);
});
