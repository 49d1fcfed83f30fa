import { describe, expect, it } from 'vitest';
import { createRandom, shuffledIndices } from '../random.ts';
import { countRows, examplesOf, rowLengths } from './batch-rows.ts';
import { packRows } from './pack-rows.ts';

const inFileOrder = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);
function pack(
  lengths: readonly number[],
  maxLength: number,
  order: Uint32Array = inFileOrder(lengths.length),
) {
  const rows = packRows(Uint32Array.from(lengths), order, maxLength);
  return {
    rows: Array.from({ length: countRows(rows) }, (_, row) => examplesOf(rows, row)),
    filled: [...rowLengths(rows, Uint32Array.from(lengths))],
  };
}
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

/** The tokens of each row by best fit decreasing, looked for row by row. */
function naiveBestFit(lengths: readonly number[], maxLength: number): number[] {
  const filled: number[] = [];
  for (const length of sorted(lengths).reverse()) {
    let best = -1;
    for (const [row, tokens] of filled.entries()) {
      if (tokens + length <= maxLength && (best < 0 || tokens > (filled[best] ?? 0))) best = row;
    }
    if (best < 0) filled.push(length);
    else filled[best] = (filled[best] ?? 0) + length;
  }
  return filled;
}

describe('packRows', () => {
  it('puts each example, longest first, where least space is left', () => {
    // 5 opens a row, 4 another, 3 a third; 2 fits behind 4 exactly, 1 behind 5
    expect(pack([3, 5, 2, 4, 1], 6).rows).toEqual([[0], [1, 4], [2, 3]]);
  });

  it("fills rows as TRL's pack_dataset does (bfd, trl 1.13)", () => {
    const long = [
      48, 13, 9, 8, 27, 64, 55, 41, 60, 59, 47, 39, 32, 24, 32, 11, 39, 64, 44, 58, 37, 10, 16, 54, 22, 44,
      20, 63, 54, 6, 10, 41, 44, 45, 64, 59, 9, 12, 35, 61, 9, 8, 40, 58, 37, 50, 45, 3, 60, 46, 22, 15, 64,
      8, 28, 37, 17, 32, 51, 51,
    ];
    expect(sorted(pack(long, 64).filled)).toEqual([
      32, 37, 37, 39, 39, 44, 52, 58, 59, 59, 60, 60, 61, 61, 61, 63, 63, 63, 63, 63, 63, 64, 64, 64, 64, 64,
      64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    ]);
    const short = [
      16, 3, 6, 15, 13, 18, 9, 5, 14, 18, 9, 14, 12, 13, 8, 5, 3, 6, 5, 8, 8, 1, 16, 19, 6, 9, 10, 1, 5, 14,
      18, 12, 20, 19, 11, 5, 17, 20, 2, 15,
    ];
    expect(sorted(pack(short, 50).filled)).toEqual([28, 50, 50, 50, 50, 50, 50, 50, 50]);
  });

  it('agrees with a search row by row, never exceeds the length and loses no example (300 data sets)', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = createRandom(seed, 1);
      const maxLength = 2 + (random() % 70);
      const lengths = Array.from({ length: random() % 120 }, () => 1 + (random() % maxLength));
      const order = shuffledIndices(lengths.length, random);
      const { rows, filled } = pack(lengths, maxLength, order);
      expect(sorted(filled)).toEqual(sorted(naiveBestFit(lengths, maxLength)));
      expect(sorted(rows.flat())).toEqual([...lengths.keys()]);
      expect(rows.every(row => row.length > 0)).toBe(true);
      expect(rows.every(row => row.reduce((sum, i) => sum + (lengths[i] ?? 0), 0) <= maxLength)).toBe(true);
    }
  });

  it('keeps the given order: of rows by their first example, and within a row', () => {
    const order = Uint32Array.of(4, 3, 2, 1, 0);
    expect(pack([2, 2, 2, 2, 2], 4, order).rows).toEqual([[4, 3], [2, 1], [0]]);
  });

  it('takes little memory for a maximum length without bounds', () => {
    expect(pack([3, 5], Number.MAX_SAFE_INTEGER).rows).toEqual([[0, 1]]);
  });

  it('throws for an example that is longer than a row', () => {
    expect(() => pack([3, 9], 8)).toThrow(RangeError);
  });
});
