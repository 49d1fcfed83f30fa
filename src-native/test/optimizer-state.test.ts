// A trainer that takes over another one's adapter and optimizer state goes on to the bit.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model, OptimizerStep, Trainer } from '../binding.d.ts';
import { adamw, errorOf, openModel, openTrainer, padBatch, randomRows, unwrap } from './support.ts';

const fixtures = fileURLToPath(new URL('./fixtures/gradients/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'luthier-state-'));
let model: Model;

beforeAll(async () => {
  model = await openModel(`${fixtures}llama/model.gguf`);
});
afterAll(() => {
  model.dispose();
  rmSync(folder, { recursive: true });
});

async function takeSteps(trainer: Trainer, first: number, last: number, update: OptimizerStep) {
  for (let step = first; step <= last; step++) {
    unwrap(await trainer.accumulate(padBatch(randomRows(step, [37, 21]))));
    unwrap(await trainer.step(update));
  }
}

async function saved(trainer: Trainer, name: string): Promise<Buffer> {
  const path = join(folder, name);
  unwrap(await trainer.saveAdapter(path));
  return readFileSync(path);
}

describe('the optimizer state', () => {
  it.each(['adamw', 'sgd'] as const)('lets %s go on to the bit', async optimizer => {
    const update = { ...adamw, optimizer };
    const whole = await openTrainer(model);
    await takeSteps(whole, 1, 6, update);

    const before = await openTrainer(model);
    await takeSteps(before, 1, 3, update);
    await saved(before, `${optimizer}-3.gguf`);
    const state = structuredClone(before.optimizerState());
    before.dispose();
    const after = await openTrainer(model, { initialAdapter: join(folder, `${optimizer}-3.gguf`), seed: 99 });
    // What was accumulated before the state was taken over does not count.
    unwrap(await after.accumulate(padBatch(randomRows(50, [12]))));
    unwrap(after.restoreOptimizer(state));
    await takeSteps(after, 4, 6, update);
    expect(state.updates).toBe(3);
    expect((await saved(after, 'after.gguf')).equals(await saved(whole, 'whole.gguf'))).toBe(true);
    whole.dispose();
    after.dispose();
  });

  it('of another adapter is refused, and nothing is changed', async () => {
    const trainer = await openTrainer(model);
    await takeSteps(trainer, 1, 1, adamw);
    const state = trainer.optimizerState();
    const [first, ...others] = state.moments;
    if (!first) throw new Error('no moments');
    const wrong = [
      { ...state, moments: others },
      { ...state, moments: [...others, first] },
      {
        ...state,
        moments: [{ ...first, first: new Float32Array(3), second: new Float32Array(3) }, ...others],
      },
      { ...state, moments: [{ ...first, second: new Float32Array() }, ...others] },
    ];
    for (const other of wrong)
      expect(errorOf(trainer.restoreOptimizer(other)).code).toBe('optimizer.mismatch');
    expect(trainer.optimizerState()).toEqual(state);
    trainer.dispose();
  });
});
