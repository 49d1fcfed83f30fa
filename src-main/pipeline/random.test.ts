import { describe, expect, it } from 'vitest';
import { createRandom, shuffledIndices } from './random.ts';

describe('shuffledIndices', () => {
  it('puts each place everywhere about equally often', () => {
    const counts = new Array<number>(4).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      const first = shuffledIndices(4, createRandom(seed, 0))[0] ?? 0;
      counts[first] = (counts[first] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
