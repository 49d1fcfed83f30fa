/** Two real processes write to one history at once: nothing is lost, nothing is doubled, and the file stays whole. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orThrow } from '../../../src-shared/contract/coded-error.ts';
import { allRuns, emptyHistory } from './history-fixture.ts';
import { openHistory } from './open-history.ts';

const RUNS = 15;
const BATCHES = 8;
const BATCH_STEPS = 25;

let history: ReturnType<typeof emptyHistory>;
beforeEach(() => {
  history = emptyHistory();
  history.store.close();
});
afterEach(() => history.remove());

/** Makes runs, records their steps in batches, resumes every third one, and changes and lists meanwhile. */
function writeIn(path: string, name: string): Promise<number | null> {
  const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const script = `
    const { openHistory } = await import(${at('open-history.ts')});
    const { allRuns, newRun, nothing, ended } = await import(${at('history-fixture.ts')});
    const opened = openHistory(${JSON.stringify(path)}, new Date());
    if (!opened.ok) throw new Error(opened.error.cause);
    const { store } = opened.value;
    const metric = step => ({ step, epoch: 1, loss: 1 / step, learningRate: 1, gradNorm: 1, trainableTokens: 1,
      tokens: 2, tokensPerSecond: 1, memoryBytes: 1, elapsedMs: step });
    for (let run = 0; run < ${RUNS}; run++) {
      const id = ${JSON.stringify(name)} + run;
      store.create(newRun(id, { ownerPid: process.pid }));
      for (let batch = 0; batch < ${BATCHES}; batch++) {
        const steps = Array.from({ length: ${BATCH_STEPS} }, (_, i) => metric(batch * ${BATCH_STEPS} + i + 1));
        store.record(id, { ...nothing, steps }, 't');
        allRuns(store);
      }
      store.change(id, { tags: [${JSON.stringify(name)}] });
      store.finish(id, { ...ended, status: 'stopped' });
      if (run % 3 === 0) {
        store.resume(id, { at: 't', fromStep: 100, savedMs: 0, ownerPid: process.pid, checkpoints: [],
          extension: null });
        store.finish(id, { ...ended, status: 'completed' });
      }
    }
    store.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  return new Promise(resolve => child.once('close', resolve));
}

function expectAllRuns(names: readonly string[]): void {
  const { store, salvage } = orThrow(openHistory(history.path, new Date()));
  expect(salvage).toBeNull();
  expect(store.integrity()).toBe('ok');
  const runs = allRuns(store);
  expect(runs.map(({ id }) => id).sort()).toEqual(
    names.flatMap(name => Array.from({ length: RUNS }, (_, run) => `${name}${run}`)).sort(),
  );
  for (const { id, stepsDone, trainedTokens, lastLoss, tags } of runs) {
    const isResumed = Number(/\d+$/.exec(id)?.[0]) % 3 === 0;
    const steps = isResumed ? 100 : BATCHES * BATCH_STEPS;
    const name = id.replace(/\d+$/, '');
    expect({ stepsDone, trainedTokens, lastLoss, tags }).toEqual({
      stepsDone: steps,
      trainedTokens: steps,
      lastLoss: 1 / steps,
      tags: [name],
    });
  }
  store.close();
}

describe('two processes on one history', () => {
  it('write at once, and all of it is there', async () => {
    expect(await Promise.all(['one-', 'other-'].map(name => writeIn(history.path, name)))).toEqual([0, 0]);
    expectAllRuns(['one-', 'other-']);
  });

  it('make it at once', async () => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(history.path + suffix, { force: true });
    expect(await Promise.all(['one-', 'other-'].map(name => writeIn(history.path, name)))).toEqual([0, 0]);
    expectAllRuns(['one-', 'other-']);
  });
});
