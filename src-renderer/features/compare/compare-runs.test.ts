import { describe, expect, it } from 'vitest';
import { betterOnes, compareSettings, relativeTo } from './compare-runs.ts';

const points = (x: number[], y: number[]) => ({ x: Float64Array.from(x), y: Float64Array.from(y) });

describe('comparing settings', () => {
  it('says which keys differ, also where one run lacks a key', () => {
    const rows = compareSettings([
      { name: 'a', adapter: { rank: 8, alpha: 16 }, targets: ['q', 'v'] },
      { name: 'b', adapter: { rank: 16, alpha: 16 }, targets: ['q', 'v'], seed: null },
    ]);
    expect(rows).toEqual([
      { key: 'adapter.alpha', values: ['16', '16'], differs: false },
      { key: 'adapter.rank', values: ['8', '16'], differs: true },
      { key: 'seed', values: [null, 'null'], differs: true },
      { key: 'targets', values: ['["q","v"]', '["q","v"]'], differs: false },
    ]);
  });
});

describe('the better outcome', () => {
  it('is the lowest loss, all of them on a tie, and none where all are equal', () => {
    expect(betterOnes('lastLoss', [2, 1, null, 1])).toEqual([false, true, false, true]);
    expect(betterOnes('lastLoss', [1, 1])).toEqual([false, false]);
    expect(betterOnes('lastLoss', [Number.NaN, 3, 4])).toEqual([false, true, false]);
  });

  it('is nobody where more or less says nothing', () => {
    expect(betterOnes('stepsDone', [1, 2])).toEqual([false, false]);
  });
});

describe('a curve relative to a baseline', () => {
  it('reads the baseline between its points, and has gaps outside of it', () => {
    const { x, y } = relativeTo(points([0, 1, 2, 3, 9], [5, 5, 5, 5, 5]), points([1, 3], [4, 2]));
    expect([...x]).toEqual([0, 1, 2, 3, 9]);
    expect([...y]).toEqual([Number.NaN, 1, 2, 3, Number.NaN]);
  });

  it('is zero against itself', () => {
    const curve = points([1, 2, 4], [3, 2, 1]);
    expect([...relativeTo(curve, curve).y]).toEqual([0, 0, 0]);
  });

  it('is all gaps against nothing', () => {
    expect([...relativeTo(points([1], [1]), points([], [])).y]).toEqual([Number.NaN]);
  });
});
