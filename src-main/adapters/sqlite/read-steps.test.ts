/** A curve of many steps must show every extreme value of every measure, whichever part of it is asked for. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MEASURES, metricsQuestionSchema } from '../../../src-shared/domain/run-metrics.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import type { RunStore } from '../../backend/ports.ts';
import { emptyHistory, newRun, nothing } from './history-fixture.ts';
import { coverSteps } from './read-steps.ts';
import { BUCKET_SIZES } from './step-buckets.ts';

let history: ReturnType<typeof emptyHistory>;
let store: RunStore;
beforeEach(() => {
  history = emptyHistory();
  store = history.store;
  store.create(newRun('r1'));
});
afterEach(() => history.remove());

/** A course without an extreme of its own but at its ends: every value differs from the one before. */
function metric(step: number): StepMetric {
  return {
    step,
    epoch: step / 10_000,
    loss: 5 - step / 100_000 + (step % 7) / 1000,
    learningRate: 1e-3 - step * 1e-9,
    gradNorm: 1 + (step % 11) / 100,
    trainableTokens: 3,
    tokens: 5,
    tokensPerSecond: 100 + (step % 13),
    memoryBytes: 1_000_000 + step,
    elapsedMs: step * 20,
  };
}

const steps = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => metric(from + i));
const record = (rows: readonly StepMetric[]) => store.record('r1', { ...nothing, steps: rows }, 't');
const ask = (part: Record<string, unknown> = {}) => store.metrics('r1', metricsQuestionSchema.parse(part));

describe('the curve of a run', () => {
  it('is every step where they are few', () => {
    record(steps(1, 500));
    const { total, bucketSize, steps: series, extremes, means } = ask();
    expect({ total, bucketSize, extremes, means }).toEqual({
      total: 500,
      bucketSize: 1,
      extremes: {},
      means: { step: [], loss: [], steps: [] },
    });
    expect(series.step).toEqual(steps(1, 500).map(({ step }) => step));
    expect(series.loss).toEqual(steps(1, 500).map(({ loss }) => loss));
    expect(series.trainedTotal.at(-1)).toBe(1500);
    expect(series.tokensTotal.at(-1)).toBe(2500);
  });

  it('is nothing where no step is done', () => {
    expect(ask()).toMatchObject({ total: 0, bucketSize: 1, steps: { step: [] } });
    expect(ask({ axis: 'tokens', from: 3, to: 9 })).toMatchObject({ steps: { step: [] } });
  });

  it('loses no spike of a single step, upwards or downwards, in any measure, at any place', () => {
    const count = 120_000;
    const rows = steps(1, count);
    // One for each measure and direction, at places of no pattern; the last ones at the very ends.
    const spikes = MEASURES.flatMap((measure, i) => [
      { measure, step: 7919 * (2 * i + 1), value: measure === 'memoryBytes' ? 9_000_000 : 900 },
      { measure, step: 7907 * (2 * i + 2) + i, value: measure === 'memoryBytes' ? 1 : -900 },
    ]);
    spikes.push({ measure: 'loss', step: 1, value: 950 }, { measure: 'loss', step: count, value: 940 });
    for (const { measure, step, value } of spikes) {
      rows[step - 1] = { ...(rows[step - 1] ?? metric(step)), [measure]: value };
    }
    for (let from = 0; from < count; from += 5000) record(rows.slice(from, from + 5000));
    const whole = ask({ points: 2000 });
    expect(whole.bucketSize).toBeGreaterThan(1);
    const given = Object.values(whole.extremes).reduce((sum, { step }) => sum + step.length, 0);
    expect(given + whole.steps.step.length).toBeLessThan(3000);
    for (const { measure, step, value } of spikes) {
      const curve = whole.extremes[measure];
      expect([measure, step, curve?.value[curve.step.indexOf(step)]]).toEqual([measure, step, value]);
    }
    for (const measure of MEASURES) {
      const { step = [], value = [] } = whole.extremes[measure] ?? {};
      expect(value).toEqual(step.map(at => rows[at - 1]?.[measure]));
      expect(step).toEqual([...new Set(step)].sort((a, b) => a - b));
      expect([step[0], step.at(-1)]).toEqual([1, count]);
    }
    // Each step that is given is the step as it was, and none comes twice or out of order.
    expect(whole.steps.loss).toEqual(whole.steps.step.map(step => rows[step - 1]?.loss));
    expect(whole.steps.tokensTotal).toEqual(whole.steps.step.map(step => step * 5));
    expect(whole.steps.step).toEqual([...new Set(whole.steps.step)].sort((a, b) => a - b));
    const sum = whole.means.loss.reduce((total, loss, i) => total + loss * (whole.means.steps[i] ?? 0), 0);
    expect(sum).toBeCloseTo(
      rows.reduce((total, { loss }) => total + loss, 0),
      4,
    );
    expect(whole.means.steps.reduce((total, some) => total + some, 0)).toBe(count);
    // In parts, on each axis: the extremes of a part are those of its steps.
    for (const [axis, unit] of [
      ['step', 1],
      ['time', 0.02],
      ['tokens', 5],
    ] as const) {
      const [from, to] = [30_011, 90_030];
      const part = ask({ axis, from: from * unit, to: to * unit, points: 1000 });
      const asked = rows.slice(from - 1, to);
      for (const measure of MEASURES) {
        const { step = [], value = [] } = part.extremes[measure] ?? {};
        const shown = value.filter((_, i) => (step[i] ?? 0) >= from && (step[i] ?? 0) <= to);
        expect(Math.max(...shown)).toBe(Math.max(...asked.map(row => row[measure])));
        expect(Math.min(...shown)).toBe(Math.min(...asked.map(row => row[measure])));
      }
    }
  });

  it.each(['step', 'time', 'tokens'])(
    'is exact in a part of few steps, with a neighbour on each side (%s)',
    axis => {
      for (let from = 1; from < 20_000; from += 5000) record(steps(from, from + 4999));
      const unit = { step: 1, time: 0.02, tokens: 5 }[axis] ?? 1;
      const part = ask({ axis, from: 1000.5 * unit, to: 1003.5 * unit });
      expect(part.bucketSize).toBe(1);
      expect(part.steps.step).toEqual([1000, 1001, 1002, 1003, 1004]);
      expect(ask({ axis, from: 19_999 * unit, to: 99_999 * unit }).steps.step).toEqual([19_999, 20_000]);
      expect(ask({ axis, from: -9, to: 1 * unit }).steps.step).toEqual([1, 2]);
    },
  );

  it('has only the measures that are asked for', () => {
    for (let from = 1; from < 20_000; from += 5000) record(steps(from, from + 4999));
    const [one, all] = [ask({ measures: ['loss'], points: 1000 }), ask({ points: 1000 })];
    expect(one.means).toEqual(all.means);
    expect(one.extremes).toEqual({ loss: all.extremes.loss });
  });
});

describe('a part of a run as buckets', () => {
  it.each([
    [1, 65_536, 6],
    [15, 40, 0],
    [17, 5000, 2],
    [700, 70_001, 4],
    [3, 4, 1],
    [9, 8, 0],
  ])('covers the steps %i to %i once each, in order', (first, last, level) => {
    const covered = coverSteps(first, last, level).flatMap(piece => {
      const size = piece.level === null ? 1 : (BUCKET_SIZES[piece.level] ?? 0);
      const from = piece.level === null ? piece.first : piece.first * size + 1;
      const to = piece.level === null ? piece.last : (piece.last + 1) * size;
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
    expect(covered).toEqual(Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i));
  });
});

describe('the steps of a run in pages', () => {
  it('are those at the places that are asked for, also where some are missing', () => {
    record(steps(1, 300));
    expect(store.steps('r1', 100, 3)).toEqual({ total: 300, steps: steps(101, 103) });
    expect(store.steps('r1', 299, 50)).toEqual({ total: 300, steps: [metric(300)] });
    expect(store.steps('r1', 300, 50)).toEqual({ total: 300, steps: [] });
    record(steps(311, 320));
    expect(store.steps('r1', 299, 2)).toEqual({ total: 310, steps: [metric(300), metric(311)] });
  });

  it('say up to where none is missing', () => {
    expect(store.stepsWithoutGap('r1')).toBe(0);
    record(steps(2, 3));
    expect(store.stepsWithoutGap('r1')).toBe(0);
    record(steps(1, 1));
    expect(store.stepsWithoutGap('r1')).toBe(3);
    record(steps(5, 9));
    expect(store.stepsWithoutGap('r1')).toBe(3);
  });
});
