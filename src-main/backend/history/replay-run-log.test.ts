import { describe, expect, it } from 'vitest';
import type { RunLogLine } from '../../../src-shared/domain/run-log.ts';
import { replayRunLog } from './replay-run-log.ts';

const head = {
  id: 'r1',
  name: 'a run',
  createdAt: '2026-01-01T00:00:00.000Z',
  recipe: {},
  hashes: { model: 'm', data: 'd', template: 't', preparedDataset: 'p' },
  versions: {},
  preflight: {
    status: 'ready' as const,
    totals: {
      examples: 1,
      kept: 1,
      dropped: {},
      tokens: 2,
      trainableTokens: 1,
      truncatedExamples: 0,
      steps: 2,
      lengths: { p50: 2, p95: 2, max: 2 },
    },
    checks: [],
    estimate: { memoryBytes: 0, secondsPerStep: null, assumptions: [] },
  },
  modelName: 'm',
  dataName: 'd',
  masking: 'full',
  plannedSteps: 5,
  parent: null,
};

const step = (n: number, loss = n): RunLogLine => ({
  type: 'step',
  step: n,
  epoch: n,
  loss,
  learningRate: 0,
  gradNorm: 1,
  trainableTokens: 1,
  tokens: 1,
  tokensPerSecond: 1,
  memoryBytes: 1,
  elapsedMs: n,
  at: `2026-01-01T00:00:0${n}.000Z`,
});
const evaluation = (n: number): RunLogLine => ({
  type: 'evaluation',
  step: n,
  loss: n,
  perplexity: 1,
  at: 't',
});
const resumedAt = (fromStep: number, { steps, recipe } = { steps: 5, recipe: {} }): RunLogLine => ({
  type: 'run',
  id: 'r1',
  steps,
  recipe,
  hashes: head.hashes,
  resumed: { fromStep, savedMs: 20 },
  at: '2026-01-02T00:00:00.000Z',
});

const replay = (...lines: RunLogLine[]) => replayRunLog({ head, lines, damagedLines: 0 });

describe('a diary', () => {
  it('that breaks off is an interrupted run with all that was told', () => {
    const { run, steps } = replay(step(1), evaluation(1), step(2));
    expect(steps.map(({ step: n }) => n)).toEqual([1, 2]);
    expect(run).toMatchObject({
      status: 'interrupted',
      endedAt: '2026-01-01T00:00:02.000Z',
      evaluations: [{ step: 1, loss: 1, perplexity: 1 }],
      error: { code: 'run.interrupted' },
    });
  });

  it('of an extended run has the recipe and the length that it went on with', () => {
    const { run } = replay(step(1), resumedAt(1, { steps: 9, recipe: { longer: true } }), step(2));
    expect(run).toMatchObject({ plannedSteps: 9, recipe: { longer: true } });
  });

  it('of a resumed run has each step once, as it was measured last', () => {
    const { run, steps } = replay(
      step(1),
      step(2),
      step(3, 30),
      evaluation(3),
      resumedAt(2),
      step(3, 31),
      step(4),
      {
        type: 'finished',
        status: 'completed',
        steps: 4,
        adapterPath: '/a.gguf',
        bestAdapterPath: null,
        error: null,
        at: '2026-01-03T00:00:00.000Z',
      },
    );
    expect(steps.map(({ step: n, loss }) => [n, loss])).toEqual([
      [1, 1],
      [2, 2],
      [3, 31],
      [4, 4],
    ]);
    expect(run).toMatchObject({
      status: 'completed',
      endedAt: '2026-01-03T00:00:00.000Z',
      evaluations: [],
      resumptions: [{ at: '2026-01-02T00:00:00.000Z', fromStep: 2, savedMs: 20 }],
      adapterPath: '/a.gguf',
      error: null,
    });
  });
});
