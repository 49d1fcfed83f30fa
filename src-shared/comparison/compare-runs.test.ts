import { describe, expect, it } from 'vitest';
import { betterOnes, compareSettings } from './compare-runs.ts';

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
