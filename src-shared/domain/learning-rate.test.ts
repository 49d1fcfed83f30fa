import { describe, expect, it } from 'vitest';
import { learningRateFactor } from './learning-rate.ts';

describe('learningRateFactor', () => {
  it("follows transformers' schedules: 4 steps of warm-up out of 12", () => {
    const at = (scheduler: 'constant' | 'linear' | 'cosine') =>
      [0, 2, 4, 8, 12].map(step => learningRateFactor(scheduler, step, 4, 12));
    expect(at('constant')).toEqual([0, 0.5, 1, 1, 1]);
    expect(at('linear')).toEqual([0, 0.5, 1, 0.5, 0]);
    const cosine = at('cosine');
    expect(cosine.slice(0, 3)).toEqual([0, 0.5, 1]);
    expect(cosine[3]).toBeCloseTo(0.5, 12);
    expect(cosine[4]).toBeCloseTo(0, 12);
  });

  it('starts at the full rate without warm-up', () => {
    expect(learningRateFactor('cosine', 0, 0, 10)).toBe(1);
  });
});
