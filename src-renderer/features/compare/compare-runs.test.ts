import { describe, expect, it } from 'vitest';
import { relativeTo } from './compare-runs.ts';

const points = (x: number[], y: number[]) => ({ x: Float64Array.from(x), y: Float64Array.from(y) });

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
