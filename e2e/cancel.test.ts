/** A stop is heard between any two micro-batches: counted, not timed, with the real trainer. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { NativeTrainer } from '../src-main/adapters/native/addon.ts';
import { prepareDataset } from '../src-main/processes/preparer/prepare-dataset.ts';
import { RunKeeper } from '../src-main/processes/trainer/keep-run.ts';
import { AT_THE_START } from '../src-main/processes/trainer/run-position.ts';
import { runSteps } from '../src-main/processes/trainer/run-steps.ts';
import { noCheckpoint, withTrainer } from '../src-main/processes/trainer/with-trainer.ts';
import { parseRecipe } from '../src-shared/recipe/faults.ts';
import { quietContext } from './job-context.ts';
import { createWorkspace, demoDirectory, demoModel } from './luthier-process.ts';

const workspace = createWorkspace('cancel');
afterAll(workspace.remove);

type Counted = 'accumulate' | 'evaluate';

/** Stops while the given micro-batch of a kind is being computed; says how many of each were computed in all. */
async function stopIn(kind: Counted, number: number) {
  const parsed = parseRecipe({
    version: 1,
    model: { path: demoModel },
    dataset: {
      path: join(demoDirectory, 'train.jsonl'),
      limit: 60,
      validation: { fraction: 0.2 },
    },
    collator: { maxLength: 128 },
    training: { batchSize: 2, gradientAccumulationSteps: 8, epochs: 1, evaluateEverySteps: 2 },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { recipe } = parsed;
  const stop = new AbortController();
  const context = { ...quietContext, signal: stop.signal };
  const cacheDirectory = join(workspace.directory, 'cache');
  const prepared = await prepareDataset({ kind: 'prepare', recipe, cacheDirectory, now: 0 }, context);
  if (!prepared.ok) throw new Error(prepared.error.cause);
  const directory = join(workspace.directory, `${kind}-${number}`);
  const counts = { accumulate: 0, evaluate: 0 };
  const job = { recipe, preparedPath: prepared.value.preparedPath, directory };
  const used = await withTrainer(job, context, noCheckpoint, async ({ dataset, trainer, nativeBuild }) => {
    const counting = counted(trainer, called => {
      counts[called]++;
      if (called === kind && counts[called] === number) stop.abort();
    });
    const keeper = await RunKeeper.open(
      { trainer, directory, keepCheckpoints: 2, preparedDataset: '', nativeBuild, context },
      null,
    );
    const session = { trainer: counting, dataset, recipe, keeper, context };
    return { ok: true, value: await runSteps(session, AT_THE_START, 0) };
  });
  if (!used.ok) throw new Error(used.error.cause);
  return { ended: used.value, counts };
}

/** The trainer itself; `onCall` hears of each micro-batch once it is under way. */
function counted(trainer: NativeTrainer, onCall: (called: Counted) => void): NativeTrainer {
  return new Proxy(trainer, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, args);
        if (key === 'accumulate' || key === 'evaluate') onCall(key);
        return result;
      };
    },
  });
}

describe('a stop', () => {
  it.each([
    ['the first micro-batch', 1, 0],
    ['the middle of a step', 3, 0],
    ['the last micro-batch of a step', 8, 1],
    ['a later step', 12, 1],
  ])('in %s lets no other micro-batch begin', async (_where, number, steps) => {
    const { ended, counts } = await stopIn('accumulate', number);
    expect(ended).toMatchObject({ status: 'stopped', steps });
    expect(counts).toEqual({ accumulate: number, evaluate: 0 });
  });

  it.each([1, 2])('in micro-batch %d of an evaluation lets no other begin', async number => {
    const { ended, counts } = await stopIn('evaluate', number);
    expect(ended).toMatchObject({ status: 'stopped', steps: 2 });
    expect(counts).toEqual({ accumulate: 16, evaluate: number });
  });
});
