import { expect, it } from 'vitest';
import { asColumns, asCsv, asMarkdown } from './text-table.ts';

const table = [
  ['Setting', 'a|b'],
  ['say "x"', '1,2\n3'],
];

it('writes Markdown in which no cell breaks the table', () => {
  expect(asMarkdown(table)).toBe('| Setting | a\\|b |\n| --- | --- |\n| say "x" | 1,2 3 |\n');
});

it('writes CSV in which no cell breaks its row', () => {
  expect(asCsv(table)).toBe('Setting,a|b\n"say ""x""","1,2\n3"\n');
});

it('writes columns that stand below each other', () => {
  expect(asColumns(table)).toBe('Setting  a|b\nsay "x"  1,2 3\n');
});
