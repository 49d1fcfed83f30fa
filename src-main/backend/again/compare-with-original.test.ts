import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../src-shared/domain/run.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import { emptyHistory, ended, newRun, nothing } from '../../adapters/sqlite/history-fixture.ts';
import { compareWithOriginal } from './compare-with-original.ts';

let history: ReturnType<typeof emptyHistory>;
beforeEach(() => {
  history = emptyHistory();
});
afterEach(() => history.remove());

const step = (n: number, loss: number): StepMetric => ({
  step: n,
  epoch: n,
  loss,
  learningRate: 1e-4,
  gradNorm: 0.5,
  trainableTokens: 1,
  tokens: 1,
  tokensPerSecond: 1,
  memoryBytes: 1,
  elapsedMs: n,
});

/** A run with these losses, one a step. */
function addRun(
  id: string,
  losses: readonly number[],
  status: Exclude<RunStatus, 'draft' | 'running'>,
): void {
  history.store.create(newRun(id));
  history.store.record(id, { ...nothing, steps: losses.map((loss, i) => step(i + 1, loss)) }, 't');
  history.store.finish(id, { ...ended, status, adapterPath: `/${id}.gguf` });
}

const same = { kind: 'same', sha256: 'abc', bytes: 3 } as const;

function compare(status: RunStatus = 'completed', changes: object = {}) {
  const { hashes, versions } = newRun('r2');
  return compareWithOriginal({ store: history.store, adapterFiles: { compare: async () => same } }, 'r1', {
    id: 'r2',
    hashes,
    versions,
    status,
    adapterPath: '/r2.gguf',
    ...changes,
  });
}

describe('a run beside its original', () => {
  it('is told to be the same in steps and adapter', async () => {
    addRun('r1', [3, 2, 1], 'completed');
    addRun('r2', [3, 2, 1], 'completed');
    expect(await compare()).toEqual({
      changedInputs: [],
      changedVersions: [],
      steps: { compared: 3, firstDifferent: null },
      adapter: same,
      isOriginalExtended: false,
    });
  });

  it('names the first step that differs, and what had changed', async () => {
    addRun('r1', [3, 2, 1], 'completed');
    addRun('r2', [3, 2.5, 1], 'completed');
    const { hashes } = newRun('r2');
    const changed = { hashes: { ...hashes, data: 'other' }, versions: { luthier: '0', node: '24' } };
    expect(await compare('completed', changed)).toMatchObject({
      changedInputs: ['data'],
      changedVersions: [{ name: 'node', before: 'none', now: '24' }],
      steps: { compared: 2, firstDifferent: 2 },
    });
  });

  it('says that the original was extended, as the warning of its start does', async () => {
    addRun('r1', [3, 2], 'completed');
    addRun('r2', [3, 2], 'completed');
    const warning = { code: 'again.extended', message: 'It was extended.' };
    history.store.record('r2', { ...nothing, warnings: [warning] }, 't');
    expect((await compare()).isOriginalExtended).toBe(true);
  });

  it('is compared step by step also where one of them ended early, but not by its adapter', async () => {
    addRun('r1', [3, 2], 'stopped');
    addRun('r2', [3, 2, 1], 'completed');
    expect(await compare()).toMatchObject({
      steps: { compared: 2, firstDifferent: null },
      adapter: { kind: 'notCompared', reason: 'originalEnded' },
    });
    expect((await compare('stopped')).adapter).toEqual({ kind: 'notCompared', reason: 'ended' });
  });

  it('is not compared where the original is deleted', async () => {
    addRun('r1', [3], 'completed');
    addRun('r2', [3], 'completed');
    history.store.hide(['r1'], 't');
    expect(await compare()).toEqual({
      changedInputs: [],
      changedVersions: [],
      steps: { compared: 0, firstDifferent: null },
      adapter: { kind: 'notCompared', reason: 'originalGone' },
    });
  });
});
