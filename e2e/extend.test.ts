/** A run goes on for longer than it was meant to: what it becomes, what is kept of it, and when that is refused. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { longEnoughRecipe } from './killed-runs.ts';
import { createWorkspace, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('extend');
afterAll(workspace.remove);

const { home } = workspace;
const train = (...args: string[]) => runLuthier('train', ...args, '--json', '--home', home);
const recipeOf = (name: string, more: string) =>
  workspace.write(`${name}.luthier.yaml`, longEnoughRecipe(0, `, ${more}`).replace('epochs: 2', 'epochs: 1'));

interface Shown {
  readonly recipe: { readonly training: { readonly epochs: number } };
  readonly plannedSteps: number;
  readonly steps: readonly { readonly step: number; readonly learningRate: number; readonly loss: number }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly resumptions: readonly { readonly fromStep: number }[];
}

async function show(id: string): Promise<Shown> {
  return (await runLuthier('runs', 'show', id, '--json', '--home', home)).json[0] as Shown;
}

const idOf = (events: readonly unknown[]) => (events[0] as { id: string }).id;
const adapterOf = (events: readonly unknown[]) =>
  readFileSync((events.at(-1) as { adapterPath: string }).adapterPath);

describe('a completed run that is extended', () => {
  it('with a constant rate gives the bytes of one that was as long from the start', async () => {
    const path = recipeOf('constant', 'scheduler: constant');
    const short = await train(path);
    const extended = await train('--extend', idOf(short.json), '--epochs', '2');
    expect(extended.code).toBe(0);
    const whole = await train(path, '--set', 'training.epochs=2');
    expect(adapterOf(extended.json).equals(adapterOf(whole.json))).toBe(true);
    const [run, reference] = [await show(idOf(short.json)), await show(idOf(whole.json))];
    expect(run.steps.map(({ loss }) => loss)).toEqual(reference.steps.map(({ loss }) => loss));
    expect(run.recipe.training.epochs).toBe(2);
    expect(run.plannedSteps).toBe(reference.plannedSteps);
  });

  it('with a schedule takes the rates of the longer one from there on, and says so', async () => {
    const short = await train(recipeOf('linear', 'scheduler: linear'));
    const id = idOf(short.json);
    const before = await show(id);
    const total = before.plannedSteps + 6;
    const extended = await train('--extend', id, '--steps', String(total));
    expect(extended.json[0]).toMatchObject({ type: 'run', id, steps: total });
    const run = await show(id);
    expect(run.steps.map(({ step }) => step)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    expect(run.steps.slice(0, before.plannedSteps)).toEqual(before.steps);
    // A straight line to zero behind two steps of warm-up: (total - step + 1) / (total - 2).
    const first = run.steps[before.plannedSteps];
    expect(first?.learningRate).toBeCloseTo((2e-4 * (total - before.plannedSteps)) / (total - 2), 12);
    expect(run.resumptions).toMatchObject([{ fromStep: before.plannedSteps }]);
    expect(run.warnings).toMatchObject([{ code: 'run.extended' }]);
    expect(run.warnings[0]?.message).toContain(`from ${before.plannedSteps} to ${total} steps`);

    // Its recipe does not give these steps again, which is told before anything begins.
    const again = await runLuthier('runs', 'again', id, '--json', '--home', home);
    expect(again.json[0]).toMatchObject({
      error: { code: 'again.extended', cause: expect.stringContaining('learning rates of a shorter run') },
    });
    const next = await runLuthier('runs', 'recipe', id, '--continue', 'last', '--json', '--home', home);
    expect(next.json[0]).toMatchObject({
      recipe: { adapter: { init: join(home, 'runs', id, 'adapter.gguf') } },
    });
  });

  it('goes on though it had lost its patience', async () => {
    const path = recipeOf('patient', 'scheduler: constant, learningRate: 1.0e-12, earlyStoppingPatience: 1');
    const short = await train(path);
    const { steps: stopped } = short.json.at(-1) as { steps: number };
    const extended = await train('--extend', idOf(short.json), '--epochs', '3');
    expect((extended.json as TrainingEvent[]).filter(({ type }) => type === 'step').length).toBeGreaterThan(
      0,
    );
    expect((extended.json.at(-1) as { steps: number }).steps).toBeGreaterThan(stopped);
  });
});

describe('an extension is refused', () => {
  let id = '';
  beforeAll(async () => {
    id = idOf((await train(recipeOf('refused', 'scheduler: constant'))).json);
  });

  it.each([
    [['--extend', 'x'], /one of them/],
    [['--extend', 'x', '--epochs', '2', '--steps', '3'], /one of them/],
    [['--extend', 'x', '--epochs', '-1'], /one of them/],
    [['--extend', 'x', '--resume', 'y', '--epochs', '2'], /its own recipe/],
    [['--resume', 'x', '--epochs', '2'], /are for `--extend`/],
  ])('where the arguments do not fit: %j', async (args, cause) => {
    const { json, code } = await train(...args.map(arg => (arg === 'x' ? id : arg)));
    expect(json[0]).toMatchObject({
      error: { code: 'arguments.invalid', cause: expect.stringMatching(cause) },
    });
    expect(code).toBe(2);
  });

  it('where it makes the run no longer, and where no checkpoint is left', async () => {
    const shorter = await train('--extend', id, '--epochs', '1');
    expect(shorter.json[0]).toMatchObject({ error: { code: 'extend.notLonger' } });
    rmSync(join(home, 'runs', id, 'checkpoints'), { recursive: true });
    const without = await train('--extend', id, '--epochs', '2');
    expect(without.json[0]).toMatchObject({ error: { code: 'extend.noCheckpoint' } });
    expect(await show(id)).toMatchObject({ status: 'completed', warnings: [] });
  });
});
