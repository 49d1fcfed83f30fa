/** The count of running runs follows the backend, with one question open at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import type { CallResult } from '../../../src-shared/contract/messages.ts';
import { runSummary } from '../../../src-shared/domain/run-summary-fixture.ts';
import { MemoryBackend } from '../web/memory-backend.ts';
import { watchRunningRuns } from './running-runs.ts';

let backend: MemoryBackend;
let counts: number[];

beforeEach(() => {
  backend = new MemoryBackend();
  counts = [];
});

it('counts at the start and after each change', async () => {
  backend.runs = [runSummary('running'), runSummary('completed'), runSummary('interrupted')];
  const runs = watchRunningRuns(backend, count => counts.push(count));
  await nextTurn();
  expect(runs.count()).toBe(1);
  backend.runs = [];
  backend.publish('runs.changed', { id: 'a' });
  await nextTurn();
  expect(runs.count()).toBe(0);
  expect(counts).toEqual([1, 0]);
});

it('asks once more, not once each, for changes that come while it asks', async () => {
  const answers: ((result: CallResult) => void)[] = [];
  backend.call = () => new Promise(resolve => answers.push(resolve));
  watchRunningRuns(backend, count => counts.push(count));
  for (let change = 0; change < 5; change += 1) backend.publish('runs.changed', { id: 'a' });
  expect(answers).toHaveLength(1);
  answers[0]?.({ ok: true, value: { runs: [], matches: 0, total: 1, deleted: 0, groups: [] } });
  await nextTurn();
  expect(answers).toHaveLength(2);
  answers[1]?.({ ok: true, value: { runs: [], matches: 1, total: 1, deleted: 0, groups: [] } });
  await nextTurn();
  expect(answers).toHaveLength(2);
  expect(counts).toEqual([0, 1]);
});

it('keeps the last count where the backend fails or answers something else', async () => {
  backend.runs = [runSummary('running')];
  const runs = watchRunningRuns(backend, () => {});
  await nextTurn();
  const error = { code: 'history.locked', title: '', cause: '', remedy: '' };
  for (const result of [{ ok: false, error } as const, { ok: true, value: { runs: 'none' } } as const]) {
    backend.call = async () => result;
    backend.publish('runs.changed', { id: 'a' });
    await nextTurn();
    expect(runs.count()).toBe(1);
  }
});

it('hears nothing any more once closed', async () => {
  const runs = watchRunningRuns(backend, count => counts.push(count));
  runs.close();
  runs.close();
  backend.publish('runs.changed', { id: 'a' });
  await nextTurn();
  expect(counts).toEqual([]);
  expect(backend.openSubscriptions).toBe(0);
});
