/** Progress and ends are those of the runs of this app, each told once and in order. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import type { CallResult } from '../../../src-shared/contract/messages.ts';
import type { EndedRun } from '../../../src-shared/domain/run-end.ts';
import { MemoryBackend } from '../web/memory-backend.ts';
import { followRuns } from './follow-runs.ts';

let backend: MemoryBackend;
let shares: (number | null)[];
let ends: string[];
let close: () => void;

beforeEach(() => {
  backend = new MemoryBackend();
  shares = [];
  ends = [];
  close = followRuns(backend, {
    onProgress: share => shares.push(share),
    onEnd: run => ends.push(`${run.id} ${run.status}`),
  });
});

function details(id: string, status: EndedRun['status'], stepsDone = 0): EndedRun {
  return { id, name: id, status, plannedSteps: 1000, stepsDone, lastSteps: [], error: null };
}

async function change(run: EndedRun): Promise<void> {
  backend.details.set(run.id, run);
  backend.publish('runs.changed', { id: run.id });
  await nextTurn();
}

function step(count: number): void {
  const figures = { epoch: 1, loss: 1, learningRate: 0, gradNorm: 1, trainableTokens: 1, tokens: 1 };
  const costs = { tokensPerSecond: 1, memoryBytes: 1, elapsedMs: 1 };
  backend.publish('run.events', [{ type: 'step', step: count, ...figures, ...costs }]);
}

it('tells each hundredth once', async () => {
  await change(details('a', 'running'));
  for (const done of [1, 9, 10, 11, 19, 20, 500]) step(done);
  await change(details('a', 'completed', 1000));
  expect(shares).toEqual([0, 0.01, 0.02, 0.5, null]);
  expect(ends).toEqual(['a completed']);
});

it('goes on where a resumed run does', async () => {
  await change(details('a', 'running', 400));
  expect(shares).toEqual([0.4]);
});

it('keeps quiet about runs that were over before, and about changes of their names', async () => {
  await change(details('old', 'completed', 1000));
  await change(details('old', 'completed', 1000));
  expect([shares, ends]).toEqual([[], []]);
});

it('tells an end once, however often the run changes afterwards', async () => {
  await change(details('a', 'running'));
  await change(details('a', 'failed'));
  await change(details('a', 'failed'));
  expect(ends).toEqual(['a failed']);
  expect(backend.openSubscriptions).toBe(1);
});

it('does not take an older answer for the newer one', async () => {
  const answers: ((result: CallResult) => void)[] = [];
  backend.call = () => new Promise(resolve => answers.push(resolve));
  backend.publish('runs.changed', { id: 'a' });
  backend.publish('runs.changed', { id: 'a' });
  await nextTurn();
  expect(answers).toHaveLength(1);
  answers[0]?.({ ok: true, value: details('a', 'running') });
  await nextTurn();
  answers[1]?.({ ok: true, value: details('a', 'completed', 1000) });
  await nextTurn();
  expect(ends).toEqual(['a completed']);
});

it('forgets a run that is discarded, without calling it ended', async () => {
  await change(details('a', 'running'));
  backend.details.delete('a');
  backend.publish('runs.changed', { id: 'a' });
  await nextTurn();
  expect([shares, ends]).toEqual([[0, null], []]);
});

it('lets go of everything when closed', async () => {
  await change(details('a', 'running'));
  close();
  close();
  expect(backend.openSubscriptions).toBe(0);
});
