import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_RUNS, RUN_SORT_KEYS, type RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import type { NewRun } from '../../backend/ports.ts';
import { emptyHistory, ended, newRun, nothing } from './history-fixture.ts';

let history: ReturnType<typeof emptyHistory>;
beforeEach(() => {
  history = emptyHistory();
});
afterEach(() => history.remove());

/** Made a minute after the one before it. */
function add(id: string, { lastLoss = null, ...part }: Partial<NewRun> & { lastLoss?: number | null } = {}) {
  const minute = String(history.store.names().size).padStart(2, '0');
  history.store.create(newRun(id, { createdAt: `2026-01-01T00:${minute}:00.000Z`, ...part }));
  if (lastLoss !== null) {
    const step = { step: 1, epoch: 1, loss: lastLoss, learningRate: 1, gradNorm: 1, trainableTokens: 1 };
    const rest = { tokens: 1, tokensPerSecond: 1, memoryBytes: 1, elapsedMs: 1 };
    history.store.record(id, { ...nothing, steps: [{ ...step, ...rest }] }, 't');
  }
}

const ask = (part: Partial<RunsQuestion>) => history.store.page({ ...ALL_RUNS, ...part });
const found = (part: Partial<RunsQuestion>) => ask(part).runs.map(({ id }) => id);

describe('a list of runs', () => {
  it('asks for every word, in any order and field, whatever its case', () => {
    add('one', { name: 'Rank 16' });
    add('other', { name: 'rank 32', modelName: 'Größe' });
    history.store.change('one', { tags: ['Sweep'], note: 'why not' });
    expect(found({ text: 'rank' })).toEqual(['other', 'one']);
    expect(found({ text: ' GRÖSSE rank ' })).toEqual([]);
    expect(found({ text: ' GRÖßE rank ' })).toEqual(['other']);
    expect(found({ text: 'sweep WHY' })).toEqual(['one']);
    expect(found({ text: 'running 16' })).toEqual(['one']);
    expect(found({ text: 'rank 16 32' })).toEqual([]);
  });

  it('takes signs of SQL as what they are', () => {
    add('plain');
    add('odd', { name: `100 % "a_b"; DROP TABLE runs --'` });
    for (const text of ['%', '_b', `--'`, '";']) expect(found({ text })).toEqual(['odd']);
    expect(history.store.names().size).toBe(2);
  });

  it('keeps the statuses and the ids that are asked for', () => {
    for (const id of ['a', 'b', 'c']) add(id);
    history.store.finish('b', { ...ended, status: 'failed' });
    history.store.finish('c', { ...ended, status: 'completed' });
    expect(found({ statuses: ['failed', 'completed'] })).toEqual(['c', 'b']);
    expect(found({ ids: ['b', 'a', 'nowhere'] })).toEqual(['b', 'a']);
    expect(found({ ids: [] })).toEqual([]);
    expect(history.store.underWay().map(({ id }) => id)).toEqual(['a']);
  });

  it('puts runs without a loss last in both directions, and equal ones newest first', () => {
    add('none');
    add('half', { lastLoss: 0.5 });
    add('half again', { lastLoss: 0.5 });
    add('ten', { lastLoss: 10 });
    const sorted = (isDescending: boolean) => found({ sorting: { key: 'lastLoss', isDescending } });
    expect(sorted(false)).toEqual(['half again', 'half', 'ten', 'none']);
    expect(sorted(true)).toEqual(['ten', 'half again', 'half', 'none']);
  });

  it('sorts names by letter, whatever their case, and by each of its keys', () => {
    for (const name of ['beta', 'Alpha', 'alpha 2', 'Gamma']) add(name, { name });
    expect(found({ sorting: { key: 'name', isDescending: false } })).toEqual([
      'Alpha',
      'alpha 2',
      'beta',
      'Gamma',
    ]);
    for (const key of RUN_SORT_KEYS) {
      expect(found({ sorting: { key, isDescending: true } })).toHaveLength(4);
    }
  });

  it('comes in pages, each with how many there are, found and in all', () => {
    for (let i = 0; i < 7; i++) add(`run ${i}`, { name: i % 2 === 0 ? 'even' : 'odd' });
    const page = ask({ text: 'even', offset: 1, count: 2 });
    expect(page).toMatchObject({ runs: [{ id: 'run 4' }, { id: 'run 2' }], matches: 4, total: 7 });
    expect(ask({ offset: 7 })).toEqual({ runs: [], matches: 7, total: 7 });
    expect(ask({ count: 0 })).toEqual({ runs: [], matches: 7, total: 7 });
    expect(history.store.ids({ ...ALL_RUNS, text: 'even', offset: 1 })).toEqual(['run 4', 'run 2', 'run 0']);
  });

  it('knows no deleted run', () => {
    add('gone');
    history.store.finish('gone', { ...ended, status: 'completed' });
    history.store.hide('gone', 't');
    expect(ask({})).toEqual({ runs: [], matches: 0, total: 0 });
    expect(history.store.names().size).toBe(0);
  });
});
