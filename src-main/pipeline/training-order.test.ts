import { describe, expect, it } from 'vitest';
import { collatePadded } from './collate.ts';
import { learningRateFactor } from './learning-rate.ts';
import { createRandom, shuffledIndices } from './random.ts';
import { type PlanOptions, plannedSteps, planTraining } from './training-plan.ts';
import { truncateExample } from './truncate-example.ts';

const plan: PlanOptions = {
  examples: 10,
  epochs: 2,
  maxSteps: null,
  batchSize: 2,
  gradientAccumulationSteps: 2,
  shuffle: false,
  seed: 42,
};

describe('plannedSteps', () => {
  it('takes what is left at the end of an epoch: 5 micro-batches by 2 are 3 steps', () => {
    expect(planTraining(plan)).toEqual({ steps: 6, stepsPerEpoch: 3 });
    const steps = [...plannedSteps(plan)];
    expect(steps.map(step => step.microBatches.length)).toEqual([2, 2, 1, 2, 2, 1]);
    expect(steps[2]).toEqual({ step: 3, epoch: 1, endsEpoch: true, microBatches: [[8, 9]] });
  });

  it('sees every example once an epoch, in an order of its own', () => {
    const steps = [...plannedSteps({ ...plan, shuffle: true })];
    const first = steps.slice(0, 3).flatMap(step => step.microBatches.flat());
    const second = steps.slice(3).flatMap(step => step.microBatches.flat());
    expect([...first].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...second].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(second).not.toEqual(first);
  });

  it('runs as many epochs as maxSteps needs', () => {
    const steps = [...plannedSteps({ ...plan, maxSteps: 7 })];
    expect(steps).toHaveLength(7);
    expect(steps.at(-1)?.epoch).toBeCloseTo(2 + 1 / 3, 12);
  });

  it('has no step where there is no example', () => {
    expect(planTraining({ ...plan, examples: 0, maxSteps: 5 }).steps).toBe(0);
  });
});

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

describe('collatePadded', () => {
  it('pads at the end and masks padding by its place, even where pad is a trained token', () => {
    const batch = collatePadded(
      [
        { inputIds: Int32Array.of(1, 2, 7), labels: Int32Array.of(-100, 2, 7) },
        { inputIds: Int32Array.of(4), labels: Int32Array.of(4) },
      ],
      7,
    );
    expect(batch).toMatchObject({ batchSize: 2, length: 3, tokens: 4, trainableTokens: 2 });
    expect([...batch.inputIds]).toEqual([1, 2, 7, 4, 7, 7]);
    expect([...batch.labels]).toEqual([-100, 2, 7, 4, -100, -100]);
    expect([...batch.positionIds]).toEqual([0, 1, 2, 0, 1, 2]);
    expect([...batch.sequenceIds]).toEqual([0, 0, 0, 0, -1, -1]);
  });
});

describe('truncateExample', () => {
  const ids = Int32Array.of(1, 2, 3, 4);
  const cut = (truncation: 'right' | 'left' | 'drop') => truncateExample(ids, ids, 3, truncation);

  it('keeps the beginning, the end, or nothing', () => {
    expect([...cut('right').inputIds]).toEqual([1, 2, 3]);
    expect([...cut('left').inputIds]).toEqual([2, 3, 4]);
    expect(cut('left').truncatedTokens).toBe(1);
    expect(cut('drop')).toMatchObject({ dropped: true, truncatedTokens: 0 });
  });

  it('leaves an example alone that fits exactly', () => {
    expect(truncateExample(ids, ids, 4, 'drop')).toMatchObject({ dropped: false, truncatedTokens: 0 });
  });
});
