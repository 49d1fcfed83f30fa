import { describe, expect, it } from 'vitest';
import { createRandom, shuffledIndices } from '../random.ts';
import { groupByLength } from './group-by-length.ts';

describe('groupByLength', () => {
  it("orders as transformers' get_length_grouped_indices does with the same permutation (transformers 5.18)", () => {
    const lengths = Uint32Array.of(
      11,
      5,
      13,
      21,
      2,
      3,
      27,
      18,
      4,
      12,
      19,
      2,
      30,
      17,
      7,
      2,
      3,
      14,
      14,
      3,
      8,
      3,
      18,
    );
    const order = Uint32Array.of(
      14,
      5,
      22,
      20,
      9,
      16,
      10,
      15,
      11,
      6,
      4,
      2,
      8,
      0,
      19,
      17,
      12,
      21,
      7,
      3,
      18,
      1,
      13,
    );
    expect([...groupByLength(lengths, order, 2)]).toEqual([
      12, 20, 14, 5, 10, 9, 16, 15, 6, 2, 11, 4, 17, 0, 8, 19, 22, 3, 7, 21, 13, 18, 1,
    ]);
    expect([...groupByLength(lengths, order, 6)]).toEqual([
      12, 9, 20, 14, 5, 16, 6, 10, 2, 15, 11, 4, 22, 17, 0, 8, 19, 21, 3, 7, 13, 18, 1,
    ]);
  });

  it('returns the same rows, the longest first, with less padding than before (100 data sets)', () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = createRandom(seed, 2);
      const lengths = Uint32Array.from({ length: 64 + (random() % 200) }, () => 1 + (random() % 500));
      const order = shuffledIndices(lengths.length, random);
      const grouped = groupByLength(lengths, order, 4);
      expect([...grouped].sort((a, b) => a - b)).toEqual([...lengths.keys()]);
      expect(lengths[grouped[0] ?? 0]).toBe(Math.max(...lengths));
      expect(paddedTokens(lengths, grouped)).toBeLessThan(paddedTokens(lengths, order));
    }
  });
});

/** Cells of all batches of 4. */
function paddedTokens(lengths: Uint32Array, order: Uint32Array): number {
  let cells = 0;
  for (let at = 0; at < order.length; at += 4) {
    const batch = [...order.subarray(at, at + 4)].map(row => lengths[row] ?? 0);
    cells += batch.length * Math.max(...batch);
  }
  return cells;
}
