import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_RUNS, RUN_SORT_KEYS, type RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import { DEFAULT_VIEW } from '../../../src-shared/domain/run-view.ts';
import type { NewRun } from '../../backend/ports.ts';
import { emptyHistory, ended, newRun, nothing, recipe } from './history-fixture.ts';

let history: ReturnType<typeof emptyHistory>;
beforeEach(() => {
  history = emptyHistory();
});
afterEach(() => history.remove());

/** Made a minute after the one before it. */
function add(id: string, { lastLoss = null, ...part }: Partial<NewRun> & { lastLoss?: number | null } = {}) {
  const minute = String(history.store.names(false).size).padStart(2, '0');
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
    expect(history.store.names(false).size).toBe(2);
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
    expect(ask({ offset: 7 })).toMatchObject({ runs: [], matches: 7, total: 7 });
    expect(ask({ count: 0 })).toMatchObject({ runs: [], matches: 7, total: 7 });
    expect(history.store.ids({ ...ALL_RUNS, text: 'even', offset: 1 })).toEqual(['run 4', 'run 2', 'run 0']);
  });

  it('knows no deleted run', () => {
    add('gone');
    history.store.finish('gone', { ...ended, status: 'completed' });
    history.store.hide(['gone'], 't');
    expect(ask({})).toEqual({ runs: [], matches: 0, total: 0, deleted: 1, groups: [] });
    expect(ask({ isDeleted: true })).toMatchObject({ runs: [{ id: 'gone' }], matches: 1, total: 0 });
    expect(found({ isDeleted: true, text: 'nowhere' })).toEqual([]);
    expect(history.store.names(false).size).toBe(0);
  });

  it('keeps models, data and tags that are asked for, any of each and all of them together', () => {
    add('a', { modelName: 'qwen', dataName: 'x.jsonl' });
    add('b', { modelName: 'gemma', dataName: 'x.jsonl' });
    add('c', { modelName: 'llama', dataName: 'y.jsonl' });
    history.store.changeAll(['a', 'c'], { addTags: ['sweep'] });
    history.store.changeAll(['b'], { addTags: ['best', 'sweep 2'] });
    expect(found({ models: ['qwen', 'llama'] })).toEqual(['c', 'a']);
    expect(found({ models: ['qwen', 'llama'], data: ['x.jsonl'] })).toEqual(['a']);
    expect(found({ tags: ['sweep'] })).toEqual(['c', 'a']);
    expect(found({ tags: ['best', 'sweep'], data: ['x.jsonl'] })).toEqual(['b', 'a']);
    expect(found({ tags: [`'`] })).toEqual([]);
    expect(history.store.facets(false)).toEqual({
      statuses: [{ value: 'running', count: 3 }],
      models: ['gemma', 'llama', 'qwen'].map(value => ({ value, count: 1 })),
      data: [
        { value: 'x.jsonl', count: 2 },
        { value: 'y.jsonl', count: 1 },
      ],
      tags: [
        { value: 'sweep', count: 2 },
        { value: 'best', count: 1 },
        { value: 'sweep 2', count: 1 },
      ],
    });
  });

  it('shows pinned runs before all others', () => {
    for (const id of ['a', 'b', 'c']) add(id);
    history.store.change('a', { pinned: true });
    expect(found({})).toEqual(['a', 'c', 'b']);
    expect(found({ sorting: { key: 'name', isDescending: true } })[0]).toBe('a');
  });

  it('keeps the runs of a group together, each group with its number and its best', () => {
    for (const [id, modelName] of Object.entries({ a: 'Qwen', b: 'gemma', c: 'qwen', d: 'gemma' }))
      add(id, { modelName });
    const evaluations = [{ step: 1, loss: 0.5, perplexity: 1 }];
    history.store.record('b', { ...nothing, evaluations }, 't');
    history.store.change('b', { pinned: true });
    expect(found({ group: 'modelName' })).toEqual(['b', 'd', 'a', 'c']);
    expect(ask({ group: 'modelName', count: 1 }).groups).toEqual([
      { value: 'gemma', count: 2, bestLoss: 0.5 },
      { value: 'Qwen', count: 1, bestLoss: null },
      { value: 'qwen', count: 1, bestLoss: null },
    ]);
    expect(ask({ group: 'modelName', text: 'qwen' }).groups).toHaveLength(2);
  });

  it('shows the settings of a run and sorts by them', () => {
    add('small', { recipe: { ...recipe, adapter: { ...recipe.adapter, rank: 4 } } });
    add('large', { recipe: { ...recipe, adapter: { ...recipe.adapter, rank: 64 } } });
    expect(found({ sorting: { key: 'rank', isDescending: false } })).toEqual(['small', 'large']);
    expect(ask({ ids: ['small'] }).runs).toMatchObject([
      { rank: 4, alpha: recipe.adapter.alpha, learningRate: 2e-4, epochs: 3, examplesPerStep: 16 },
    ]);
  });
});

describe('changes of many runs', () => {
  it('add and remove tags, each once, and leave the others alone', () => {
    for (const id of ['a', 'b', 'c']) add(id);
    history.store.change('a', { tags: ['old', 'kept'] });
    expect(
      history.store.changeAll(['a', 'b', 'nowhere'], { addTags: ['new', 'kept'], removeTags: ['old'] }),
    ).toEqual(['a', 'b']);
    const tags = Object.fromEntries(ask({}).runs.map(run => [run.id, run.tags]));
    expect(tags).toEqual({ a: ['kept', 'new'], b: ['new', 'kept'], c: [] });
    expect(found({ text: 'new' })).toEqual(['b', 'a']);
    expect(found({ text: 'old' })).toEqual([]);
  });

  it('delete what is over and bring it back', () => {
    for (const id of ['a', 'b', 'c']) add(id);
    for (const id of ['a', 'b']) history.store.finish(id, { ...ended, status: 'completed' });
    expect(history.store.hide(['a', 'b', 'c', 'nowhere'], 't')).toEqual(['a', 'b']);
    expect(found({})).toEqual(['c']);
    expect(history.store.unhide(['b', 'c', 'a'])).toEqual(['b', 'a']);
    expect(found({})).toEqual(['c', 'b', 'a']);
  });
});

describe('saved views', () => {
  const view = { ...DEFAULT_VIEW, statuses: ['failed' as const], group: 'masking' as const };

  it('are kept by name, replaced and removed', () => {
    history.store.saveView({ name: 'b', view: DEFAULT_VIEW });
    history.store.saveView({ name: 'A', view });
    history.store.saveView({ name: 'b', view });
    expect(history.store.views()).toEqual([
      { name: 'A', view },
      { name: 'b', view },
    ]);
    expect(history.store.removeView('b')).toBe(true);
    expect(history.store.removeView('b')).toBe(false);
    expect(history.store.views().map(({ name }) => name)).toEqual(['A']);
  });

  it('of a form that is unknown here stay for the version that knows it', () => {
    history.store.saveView({ name: 'ours', view });
    history.database.prepare('INSERT INTO views VALUES (?, ?)').run('later', '{"columns":["telepathy"]}');
    expect(history.store.views().map(({ name }) => name)).toEqual(['ours']);
    expect(history.database.prepare('SELECT count(*) FROM views').pluck().get()).toBe(2);
  });
});
