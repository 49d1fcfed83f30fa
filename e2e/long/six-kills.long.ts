import { afterAll, describe, expect, it } from 'vitest';
import { longEnoughRecipe, type Moment, resumeUntilDone, runThrough } from '../killed-runs.ts';
import { createWorkspace } from '../luthier-process.ts';

const workspace = createWorkspace('six-kills');
afterAll(workspace.remove);

const random = (from: number, to: number) => from + Math.floor(Math.random() * (to - from + 1));

/** Before the first checkpoint, inside a checkpoint's writing, and whenever it happens. */
const moments = (): Moment[] => [
  { afterSteps: 0 },
  'inside a checkpoint',
  { afterSteps: random(1, 4) },
  'inside a checkpoint',
  { afterSteps: random(1, 4) },
  { afterSteps: random(1, 4) },
];

describe('six times kill -9', () => {
  it.each([
    ['a checkpoint at every step', longEnoughRecipe(1)],
    ['a checkpoint at every third step', longEnoughRecipe(3)],
    ['SGD', longEnoughRecipe(1, ', optimizer: sgd')],
    [
      'packed rows',
      longEnoughRecipe(2)
        .replace('collator: {', 'collator: {strategy: pack, ')
        .replace('batchSize: 4', 'batchSize: 1'),
    ],
    ['layers computed twice', longEnoughRecipe(2, ', gradientCheckpointing: on')],
  ])('with %s give the bytes, losses and steps of an uninterrupted run', async (name, recipe) => {
    const folder = name.replaceAll(' ', '-');
    const path = workspace.write(`${folder}.luthier.yaml`, recipe);
    const whole = await runThrough(path, `${workspace.directory}/${folder}-whole`);
    const killed = await resumeUntilDone(path, `${workspace.directory}/${folder}-killed`, moments());
    expect(killed.course).toEqual(whole.course);
    expect(killed.course.steps.map(({ step }) => step)).toEqual(whole.course.steps.map((_, i) => i + 1));
    expect(killed.adapter.equals(whole.adapter)).toBe(true);
    expect(killed.bestAdapter.equals(whole.bestAdapter)).toBe(true);
    const restarts = [...killed.kills.slice(1), killed.last];
    const lines = restarts.map(({ restartStep, savedMs }, i) => {
      const where = killed.kills[i]?.wasWriting ? 'inside a checkpoint' : 'between checkpoints';
      return `  killed ${where}, went on at step ${restartStep} of ${whole.course.steps.length}, saved ${Math.round(savedMs)} ms`;
    });
    process.stdout.write(`${name}:\n${lines.join('\n')}\n`);
  });
});
