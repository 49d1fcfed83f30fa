/** The log must place each event at its step and never hide a loss that was not finite. */
import { expect, test } from 'vitest';
import { buildLog, epochEnds, isProblem, notFiniteSteps } from './run-log.ts';
import { applyEvents, type RunRecord, UNKNOWN_RUN } from './run-state.ts';
import { stepMetric } from './sample-steps.ts';
import { mergeSteps, NO_STEPS } from './step-columns.ts';

const stepsTo = (count: number) =>
  mergeSteps(
    NO_STEPS,
    Array.from({ length: count }, (_, i) => stepMetric(i + 1)),
  );
const failedAt = (count: number, code: string) =>
  applyEvents({ ...UNKNOWN_RUN, steps: stepsTo(count) }, [
    {
      type: 'finished',
      status: 'failed',
      steps: count,
      adapterPath: null,
      bestAdapterPath: null,
      error: { code, title: '', cause: '', remedy: '' },
    },
  ]);

test('an epoch ends at the step that completes it', () => {
  // Four steps an epoch.
  expect(epochEnds(stepsTo(9))).toEqual([
    { step: 4, epoch: 1 },
    { step: 8, epoch: 2 },
  ]);
});

test('an epoch that ends at a step that is not given ends there all the same', () => {
  const steps = mergeSteps(NO_STEPS, [1, 7, 9].map(stepMetric));
  expect(epochEnds(steps)).toEqual([
    { step: 4, epoch: 1 },
    { step: 8, epoch: 2 },
  ]);
});

test('of many short epochs only round numbers are told', () => {
  // Four steps an epoch, 75 epochs.
  const ends = epochEnds(stepsTo(300));
  expect(ends.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 15 }, (_, i) => 5 * (i + 1)));
  expect(ends[0]).toEqual({ step: 20, epoch: 5 });
  expect(epochEnds(stepsTo(80))).toHaveLength(20);
});

test('a run that was paused says so, and when it went on', () => {
  const paused = applyEvents({ ...UNKNOWN_RUN, steps: stepsTo(6) }, [
    {
      type: 'finished',
      status: 'stopped',
      steps: 6,
      adapterPath: null,
      bestAdapterPath: null,
      error: null,
      paused: true,
    },
  ]);
  const resumptions = [{ at: '2026-01-01T10:00:00.000Z', fromStep: 2, savedMs: 900 }];
  const record = { resumptions } as unknown as RunRecord;
  expect(buildLog({ ...paused, record })).toEqual([
    { kind: 'paused', step: 6 },
    { kind: 'epoch', step: 4, epoch: 1 },
    { kind: 'resumed', step: 2, at: '2026-01-01T10:00:00.000Z' },
    { kind: 'started', step: 1 },
  ]);
});

test('an epoch whose fraction is a hair below the whole has ended', () => {
  const steps = mergeSteps(NO_STEPS, [
    { ...stepMetric(1), epoch: 0.9999999 },
    { ...stepMetric(2), epoch: 1.5 },
  ]);
  expect(epochEnds(steps)).toEqual([{ step: 1, epoch: 1 }]);
});

test('a run that failed because of its loss has an event behind its last step', () => {
  expect(notFiniteSteps(failedAt(6, 'loss.notFinite'))).toEqual([7]);
  expect(notFiniteSteps(failedAt(6, 'trainer.exited'))).toEqual([]);
});

test('newest first; the best evaluation and a kept checkpoint are named in one entry', () => {
  const run = applyEvents({ ...UNKNOWN_RUN, steps: stepsTo(3) }, [
    { type: 'evaluation', step: 1, loss: 2, perplexity: 7.4 },
    { type: 'evaluation', step: 2, loss: 3, perplexity: 20 },
    { type: 'evaluation', step: 3, loss: 1, perplexity: 2.7 },
    { type: 'checkpoint', step: 3, path: '/c/3' },
  ]);
  expect(buildLog(run)).toEqual([
    { kind: 'evaluation', step: 3, loss: 1, isBest: true, isKept: true },
    { kind: 'evaluation', step: 2, loss: 3, isBest: false, isKept: false },
    { kind: 'evaluation', step: 1, loss: 2, isBest: true, isKept: false },
    { kind: 'started', step: 1 },
  ]);
});

test('problems are what someone has to look at', () => {
  expect(
    buildLog(failedAt(2, 'loss.notFinite'))
      .filter(isProblem)
      .map(entry => entry.kind),
  ).toEqual(['failed', 'notFinite']);
});
