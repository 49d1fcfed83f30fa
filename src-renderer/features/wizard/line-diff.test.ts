/** Taking the removed lines gives the old text back, taking the added ones the new. */
import { expect, test } from 'vitest';
import { diffLines } from './line-diff.ts';

const without = (kind: 'added' | 'removed', lines: ReturnType<typeof diffLines>) =>
  lines
    .filter(line => line.kind !== kind)
    .map(line => line.text)
    .join('\n');

test.each([
  ['a\nb\nc', 'a\nx\nc', 2],
  ['', 'one\ntwo', 2],
  ['same', 'same', 0],
  ['a\nb\na\nb', 'b\na\nb\na', 2],
])('%j → %j', (before, after, changes) => {
  const lines = diffLines(before, after);
  expect(without('added', lines)).toBe(before);
  expect(without('removed', lines)).toBe(after);
  expect(lines.filter(({ kind }) => kind !== 'same').length).toBeLessThanOrEqual(changes + 1);
});
