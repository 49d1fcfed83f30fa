import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { runSummary } from '../../../src-shared/domain/run-summary-fixture.ts';
import { findRuns, type RunQuestion } from './find-runs.ts';

const run = (id: string, part: Partial<RunSummary> = {}): RunSummary => ({
  ...runSummary('completed'),
  id,
  name: `run ${id}`,
  createdAt: `2026-01-0${id}T00:00:00.000Z`,
  modelName: 'qwen',
  dataName: 'rows.jsonl',
  stepsDone: 10,
  firstLoss: 2,
  lastLoss: 1,
  durationMs: 1000,
  ...part,
});

const ask = (runs: readonly RunSummary[], part: Partial<RunQuestion>) =>
  findRuns(runs, {
    text: '',
    status: null,
    sorting: { key: 'createdAt', isDescending: true },
    ...part,
  }).map(({ id }) => id);

describe('finding runs', () => {
  it('asks for every word, in any order and field', () => {
    const runs = [run('1', { name: 'Rank 16' }), run('2', { name: 'rank 32', modelName: 'gemma' })];
    expect(ask(runs, { text: 'rank' })).toEqual(['2', '1']);
    expect(ask(runs, { text: ' GEMMA rank ' })).toEqual(['2']);
    expect(ask(runs, { text: 'rank gemma 16' })).toEqual([]);
  });

  it('keeps one status', () => {
    expect(ask([run('1'), run('2', { status: 'failed' })], { status: 'failed' })).toEqual(['2']);
  });

  it('puts runs without a loss last in both directions, and equal ones newest first', () => {
    const runs = [
      run('1', { lastLoss: null }),
      run('2', { lastLoss: 0.5 }),
      run('3', { lastLoss: 0.5 }),
      run('4', { lastLoss: 10 }),
    ];
    expect(ask(runs, { sorting: { key: 'lastLoss', isDescending: false } })).toEqual(['3', '2', '4', '1']);
    expect(ask(runs, { sorting: { key: 'lastLoss', isDescending: true } })).toEqual(['4', '3', '2', '1']);
  });
});
