/** The record and the events may overlap in any way; the page must show each fact once. */
import { expect, test } from 'vitest';
import { NO_TOTALS } from '../../../src-shared/domain/preflight.ts';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import type { TrainingEvent } from '../../../src-shared/domain/training.ts';
import {
  applyEvents,
  demoScoreOf,
  mergeRecord,
  type RunState,
  statusOf,
  stepsDone,
  UNKNOWN_RUN,
} from './run-state.ts';
import { curve, stepMetric } from './sample-steps.ts';
import { column } from './step-columns.ts';

const stepEvent = (step: number): TrainingEvent => ({ type: 'step', ...stepMetric(step) });
const stepNumbers = (state: RunState) => [...column(state.steps, 'step')];

const finished: TrainingEvent = {
  type: 'finished',
  status: 'completed',
  steps: 8,
  adapterPath: '/runs/a/adapter.gguf',
  bestAdapterPath: null,
  error: null,
  demo: { heldOut: 8, baseExactMatch: 0, tunedExactMatch: 0.875 },
};

function details(changes: Partial<RunDetails> = {}): RunDetails {
  return {
    id: 'a',
    name: 'demo',
    status: 'running',
    createdAt: '2025-01-01T00:00:00.000Z',
    endedAt: null,
    recipe: {},
    hashes: { model: '', data: '', template: '', preparedDataset: '' },
    versions: {},
    preflight: {
      status: 'ready',
      totals: { ...NO_TOTALS, steps: 8 },
      checks: [],
      estimate: { memoryBytes: 0, secondsPerStep: null, assumptions: [] },
    },
    plannedSteps: 8,
    paused: false,
    tags: [],
    note: '',
    pinned: false,
    parent: null,
    parentName: null,
    children: [],
    modelName: '',
    dataName: '',
    masking: '',
    stepsDone: 8,
    firstStep: null,
    lastSteps: [],
    trainedTokens: 0,
    memoryBytes: null,
    estimatedMemoryBytes: null,
    resumptions: [],
    evaluations: [],
    checkpoints: [],
    samples: [],
    warnings: [],
    adapterPath: null,
    bestAdapterPath: null,
    error: null,
    processExit: null,
    demo: null,
    repetition: null,
    ...changes,
  };
}

test('events that arrived before the record go on where it ends', () => {
  const early = applyEvents(UNKNOWN_RUN, [stepEvent(3), stepEvent(4), stepEvent(5)]);
  expect(stepNumbers(mergeRecord(early, details(), curve([1, 2, 3, 4])))).toEqual([1, 2, 3, 4, 5]);
});

test('events that the record holds already change nothing', () => {
  const state = mergeRecord(UNKNOWN_RUN, details(), curve([1, 2, 3]));
  expect(stepNumbers(applyEvents(state, [stepEvent(2), stepEvent(3), stepEvent(4)]))).toEqual([1, 2, 3, 4]);
});

test('reading the record again after a gap fills the gap', () => {
  const state = applyEvents(mergeRecord(UNKNOWN_RUN, details(), curve([1, 2])), [stepEvent(6)]);
  expect(stepNumbers(mergeRecord(state, details(), curve([1, 2, 3, 4, 5, 6])))).toEqual([1, 2, 3, 4, 5, 6]);
});

test('evaluations, checkpoints, samples and warnings stand once', () => {
  const events: TrainingEvent[] = [
    { type: 'evaluation', step: 4, loss: 1, perplexity: Math.E },
    { type: 'checkpoint', step: 4, path: '/c/4' },
    { type: 'sample', step: 4, prompt: 'Hello', text: 'Good day.' },
    { type: 'warning', code: 'data.duplicates', message: '6 rows appear twice.' },
  ];
  const record = details({
    evaluations: [{ step: 4, loss: 1, perplexity: Math.E }],
    checkpoints: [{ step: 4, path: '/c/4' }],
    samples: [
      { step: 2, prompt: 'Hello', text: 'Hm.' },
      { step: 4, prompt: 'Hello', text: 'Good day.' },
    ],
    warnings: [{ code: 'data.duplicates', message: '6 rows appear twice.' }],
  });
  const state = applyEvents(
    mergeRecord(applyEvents(UNKNOWN_RUN, events), record, curve([1, 2, 3, 4])),
    events,
  );
  expect(state.evaluations).toHaveLength(1);
  expect(state.checkpoints).toHaveLength(1);
  expect(state.samples.map(({ step }) => step)).toEqual([2, 4]);
  expect(state.warnings).toHaveLength(1);
});

test('checkpoints that were removed since their event are gone with the record', () => {
  const events = [10, 20, 30, 40].map(
    (step): TrainingEvent => ({ type: 'checkpoint', step, path: `/c/${step}` }),
  );
  const record = details({ checkpoints: [20, 30].map(step => ({ step, path: `/c/${step}` })) });
  const state = mergeRecord(applyEvents(UNKNOWN_RUN, events), record, curve([]));
  expect(state.checkpoints.map(({ step }) => step)).toEqual([20, 30, 40]);
});

test('the finished event outruns a record that still says running', () => {
  const state = mergeRecord(applyEvents(UNKNOWN_RUN, [finished]), details(), curve([1, 2]));
  expect(statusOf(state)).toBe('completed');
  expect(demoScoreOf(state)?.tunedExactMatch).toBe(0.875);
});

test('a resumed run takes back the steps behind its checkpoint', () => {
  const before = applyEvents(
    mergeRecord(UNKNOWN_RUN, details({ status: 'stopped' }), curve([1, 2, 3, 4, 5, 6])),
    [finished],
  );
  const resumed = applyEvents(before, [
    {
      type: 'run',
      id: 'a',
      steps: 8,
      recipe: {},
      hashes: { model: '', data: '', template: '', preparedDataset: '' },
    },
    stepEvent(5),
  ]);
  expect(statusOf(resumed)).toBe('running');
  const reread = mergeRecord(resumed, details(), curve([1, 2, 3, 4]));
  expect(stepNumbers(reread)).toEqual([1, 2, 3, 4, 5]);
  expect(stepsDone(reread)).toBe(5);
});

test('mixed deliveries are applied in order', () => {
  const state = applyEvents(UNKNOWN_RUN, [
    stepEvent(1),
    { type: 'evaluation', step: 1, loss: 3, perplexity: 20 },
    stepEvent(2),
    finished,
  ]);
  expect(stepNumbers(state)).toEqual([1, 2]);
  expect(state.evaluations).toHaveLength(1);
  expect(statusOf(state)).toBe('completed');
});

test('events go on behind a curve that leaves out steps, with its totals and means', () => {
  const long = {
    ...curve([1, 60, 64]),
    total: 64,
    bucketSize: 64,
    extremes: { loss: { step: [1, 60, 64], value: [2, 2, 2] } },
    means: { step: [64], loss: [2.5], steps: [64] },
  };
  const early = applyEvents(UNKNOWN_RUN, [stepEvent(63), stepEvent(64), stepEvent(65)]);
  const state = applyEvents(mergeRecord(early, details(), long), [stepEvent(64), stepEvent(66)]);
  expect(stepNumbers(state)).toEqual([1, 60, 64, 65, 66]);
  // 40 trained of 100 tokens in each step, given or not.
  expect([...column(state.steps, 'trainedTotal')].at(-1)).toBe(66 * 40);
  expect([...column(state.steps, 'tokensTotal')].at(-1)).toBe(66 * 100);
  expect(state.means.step).toEqual([64]);
});
