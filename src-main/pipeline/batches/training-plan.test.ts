import { describe, expect, it } from 'vitest';
import { randomCases } from './random-cases.ts';
import { type PlannedStep, type PlanOptions, planEvaluation, planTraining } from './training-plan.ts';

const plan: PlanOptions = {
  lengths: new Uint32Array(10).fill(4),
  strategy: 'pad',
  maxLength: 8,
  groupByLength: false,
  epochs: 2,
  maxSteps: null,
  batchSize: 2,
  gradientAccumulationSteps: 2,
  shuffle: false,
  seed: 42,
};
const stepsOf = (options: PlanOptions) => [...planTraining(options).stepsAfter(0)];
const examplesOf = (steps: readonly PlannedStep[]) => steps.flatMap(step => step.microBatches.flat(2));
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

describe('planTraining', () => {
  it('takes what is left at the end of an epoch: 5 micro-batches by 2 are 3 steps', () => {
    expect(planTraining(plan)).toMatchObject({ steps: 6, stepsPerEpoch: 3 });
    const steps = stepsOf(plan);
    expect(steps.map(step => step.microBatches.length)).toEqual([2, 2, 1, 2, 2, 1]);
    expect(steps[2]).toEqual({ step: 3, epoch: 1, endsEpoch: true, microBatches: [[[8], [9]]] });
  });

  it('counts packed rows, not examples: 10 of 4 tokens are 5 rows of 8', () => {
    const packed: PlanOptions = { ...plan, strategy: 'pack' };
    expect(planTraining(packed)).toMatchObject({ steps: 4, stepsPerEpoch: 2 });
    expect(stepsOf(packed)[1]?.microBatches).toEqual([[[8, 9]]]);
  });

  it('sees every example once an epoch, in an order of its own', () => {
    const steps = stepsOf({ ...plan, shuffle: true });
    const [first, second] = [examplesOf(steps.slice(0, 3)), examplesOf(steps.slice(3))];
    expect(sorted(first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(sorted(second)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(second).not.toEqual(first);
  });

  it('packs anew each epoch: other examples meet, in as many rows', () => {
    const lengths = Uint32Array.from({ length: 60 }, (_, i) => 2 + (i % 6));
    const steps = stepsOf({ ...plan, lengths, strategy: 'pack', shuffle: true });
    const half = steps.length / 2;
    const rowsOf = (part: readonly PlannedStep[]) =>
      part.flatMap(step => step.microBatches.flatMap(rows => rows.map(row => sorted(row).join('+'))));
    const [first, second] = [rowsOf(steps.slice(0, half)), rowsOf(steps.slice(half))];
    expect(second).toHaveLength(first.length);
    expect(sorted(examplesOf(steps.slice(half)))).toEqual([...lengths.keys()]);
    expect(second.filter(row => first.includes(row)).length).toBeLessThan(first.length / 2);
  });

  it('shuffles packed rows, so that crowded ones do not all come first', () => {
    const lengths = Uint32Array.from([...new Array<number>(30).fill(8), ...new Array<number>(80).fill(1)]);
    const options: PlanOptions = { ...plan, lengths, strategy: 'pack', shuffle: true, batchSize: 1 };
    const places = Array.from({ length: 40 }, (_, seed) =>
      [...planTraining({ ...options, seed }).microBatchesOf(0)].flatMap(([row], at) =>
        (row?.length ?? 0) > 1 ? [at] : [],
      ),
    ).flat();
    // 10 crowded rows of 40: their mean place is 19.5, with a standard error of 0.6
    expect(places).toHaveLength(400);
    expect(Math.abs(places.reduce((sum, at) => sum + at, 0) / 400 - 19.5)).toBeLessThan(2);
  });

  it('runs as many epochs as maxSteps needs', () => {
    const steps = stepsOf({ ...plan, maxSteps: 7 });
    expect(steps).toHaveLength(7);
    expect(steps.at(-1)?.epoch).toBeCloseTo(2 + 1 / 3, 12);
  });

  it('has no step where there is no example', () => {
    const none = { ...plan, lengths: new Uint32Array(0), maxSteps: 5 };
    for (const strategy of ['pad', 'pack'] as const) {
      expect(planTraining({ ...none, strategy }).steps).toBe(0);
      expect(stepsOf({ ...none, strategy, groupByLength: true })).toEqual([]);
    }
  });
});

describe('every plan, over 200 random data sets and options,', () => {
  const cases = randomCases(200);

  it('has every example exactly once in each of its epochs', () => {
    for (const { name, options } of cases) {
      const steps = stepsOf(options);
      const { stepsPerEpoch } = planTraining(options);
      for (const epoch of [0, 1]) {
        const seen = examplesOf(steps.slice(epoch * stepsPerEpoch, (epoch + 1) * stepsPerEpoch));
        expect(sorted(seen), name).toEqual([...options.lengths.keys()]);
      }
    }
  });

  it('says how many steps there are, and takes whole micro-batches of rows that fit', () => {
    for (const { name, options } of cases) {
      const steps = stepsOf(options);
      expect(
        steps.map(step => step.step),
        name,
      ).toEqual(Array.from({ length: planTraining(options).steps }, (_, i) => i + 1));
      for (const { microBatches, endsEpoch } of steps) {
        expect(microBatches.length, name).toBeLessThanOrEqual(options.gradientAccumulationSteps);
        if (!endsEpoch) expect(microBatches.length, name).toBe(options.gradientAccumulationSteps);
        for (const rows of microBatches) {
          expect(rows.length, name).toBeGreaterThan(0);
          for (const row of rows) {
            const tokens = row.reduce((sum, i) => sum + (options.lengths[i] ?? 0), 0);
            expect(tokens, name).toBeLessThanOrEqual(options.maxLength);
          }
        }
        const sizes = microBatches.map(rows => rows.length);
        if (!endsEpoch) expect(new Set(sizes), name).toEqual(new Set([options.batchSize]));
      }
    }
  });

  it('is the same when it is made again, and can be taken up after any step', () => {
    for (const { name, options } of cases.slice(0, 60)) {
      const steps = stepsOf(options);
      expect(stepsOf(options), name).toEqual(steps);
      for (let done = 0; done <= steps.length; done++) {
        expect([...planTraining(options).stepsAfter(done)], name).toEqual(steps.slice(done));
      }
    }
  });

  it('evaluates every example once, whatever the order of training', () => {
    for (const { name, options } of cases) {
      const rows = [...planEvaluation(options)].flat();
      expect(sorted(rows.flat()), name).toEqual([...options.lengths.keys()]);
    }
  });
});
