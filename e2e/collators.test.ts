import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PreflightReport } from '../src-shared/domain/preflight.ts';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { longEnoughRecipe, resumeUntilDone, runThrough } from './killed-runs.ts';
import { conversation, createWorkspace, demoDirectory, demoModel, runLuthier } from './luthier-process.ts';

const workspace = createWorkspace('collators');
afterAll(workspace.remove);

/** 40 rows of the demo, about 60 tokens each. */
function recipeFor(name: string, collator: string, training: string, validation = 'none'): string {
  const data = JSON.stringify(join(demoDirectory, 'train.jsonl'));
  return workspace.write(
    `${name}.luthier.yaml`,
    `version: 1
name: ${name}
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${data}, limit: 40, validation: ${validation}}
collator: {maxLength: 256, ${collator}}
adapter: {rank: 4, alpha: 8}
training: {warmupSteps: 0, ${training}}
`,
  );
}

interface Batch {
  readonly step: number;
  readonly inputIds: number[][];
  readonly labels: number[][];
  readonly positionIds: number[][];
  readonly sequenceIds: number[][];
}

async function batchesOf(recipe: string): Promise<Batch[]> {
  const { code, json } = await runLuthier('batches', recipe, '--json', '--home', workspace.home);
  expect(code).toBe(0);
  return json as Batch[];
}

async function stepsOf(recipe: string) {
  const { code, json } = await runLuthier('train', recipe, '--json', '--home', workspace.home);
  expect(code).toBe(0);
  const events = json as TrainingEvent[];
  return {
    planned: events.flatMap(event => (event.type === 'run' ? [event.steps] : []))[0],
    steps: events.flatMap(event => (event.type === 'step' ? [event] : [])),
    evaluations: events.flatMap(event => (event.type === 'evaluation' ? [event] : [])),
  };
}

/** The sequences of batches as text, each with its tokens, labels behind the first, and positions. */
function sequencesOf(batches: readonly Batch[]): string[] {
  return batches.flatMap(batch =>
    batch.sequenceIds.flatMap((ids, row) => {
      const sequences: string[][] = [];
      for (const [i, sequence] of ids.entries()) {
        if (sequence === -1) continue;
        sequences[sequence] ??= [];
        const cells = sequences[sequence];
        const label = cells.length === 0 ? -100 : batch.labels[row]?.[i];
        cells.push(`${batch.inputIds[row]?.[i]}/${label}/${batch.positionIds[row]?.[i]}`);
      }
      return sequences.map(cells => cells.join(' '));
    }),
  );
}

describe('packing', () => {
  it('gives one step over the same rows the loss and gradient norm of padding', async () => {
    const training = 'maxSteps: 1, gradientAccumulationSteps: 1, shuffle: false';
    const padded = await stepsOf(recipeFor('padded', 'strategy: pad', `${training}, batchSize: 40`));
    const packed = await stepsOf(recipeFor('packed', 'strategy: pack', `${training}, batchSize: 40`));
    const [one, other] = [padded.steps[0], packed.steps[0]];
    if (!one || !other) throw new Error('a step is missing');
    expect(other.trainableTokens).toBe(one.trainableTokens);
    expect(other.tokens).toBe(one.tokens);
    expect(Math.abs(other.loss / one.loss - 1)).toBeLessThan(1e-5);
    expect(Math.abs(other.gradNorm / one.gradNorm - 1)).toBeLessThan(1e-4);
  });

  it('puts every example whole into rows of at most maxLength, isolated, with no label at its start', async () => {
    const training = 'epochs: 1, batchSize: 2, gradientAccumulationSteps: 2';
    const padded = await batchesOf(recipeFor('padded2', 'strategy: pad', training));
    const packed = await batchesOf(recipeFor('packed2', 'strategy: pack', training));
    expect(sequencesOf(packed).sort()).toEqual(sequencesOf(padded).sort());
    expect(packed.length).toBeLessThan(padded.length / 2);
    for (const { inputIds, labels, positionIds, sequenceIds } of packed) {
      for (const [row, positions] of positionIds.entries()) {
        expect(inputIds[row]?.length).toBeLessThanOrEqual(256);
        for (const [i, position] of positions.entries()) {
          if (position === 0) expect(labels[row]?.[i]).toBe(-100);
        }
        const starts = positions.filter((position, i) => position === 0 && sequenceIds[row]?.[i] !== -1);
        expect(starts).toHaveLength(new Set(sequenceIds[row]?.filter(id => id >= 0)).size);
      }
    }
  });

  it('has as many steps as preflight says, evaluates what is held back, and is the same for one seed', async () => {
    const recipe = recipeFor(
      'packed3',
      'strategy: pack',
      'epochs: 2, batchSize: 2, gradientAccumulationSteps: 2',
      '{fraction: 0.2}',
    );
    const preflight = await runLuthier('preflight', recipe, '--json', '--home', workspace.home);
    const { totals, checks } = preflight.json[0] as PreflightReport;
    const proven = checks.filter(check => check.id.startsWith('pack.'));
    expect(proven.map(({ id, severity }) => `${id} ${severity}`)).toEqual([
      'pack.labelsLost ok',
      'pack.leak ok',
      'pack.boundary ok',
    ]);
    expect(proven[0]?.title).toContain(` ${totals.trainableTokens.toLocaleString('en-US')} `);
    const batches = await batchesOf(recipe);
    expect(batches.at(-1)?.step).toBe(totals.steps);
    const run = await stepsOf(recipe);
    expect(run.planned).toBe(totals.steps);
    expect(run.steps).toHaveLength(totals.steps);
    for (const { step, trainableTokens } of run.steps) {
      const ofStep = batches.filter(batch => batch.step === step);
      const trained = ofStep.flatMap(batch => batch.labels.flat()).filter(label => label !== -100);
      expect(trainableTokens).toBe(trained.length);
    }
    const padded = await stepsOf(
      recipeFor(
        'padded3',
        'strategy: pad',
        'learningRate: 1.0e-30, epochs: 1, batchSize: 2',
        '{fraction: 0.2}',
      ),
    );
    const still = await stepsOf(
      recipeFor(
        'packed4',
        'strategy: pack',
        'learningRate: 1.0e-30, epochs: 1, batchSize: 2',
        '{fraction: 0.2}',
      ),
    );
    const [loss, expected] = [still.evaluations[0]?.loss ?? 0, padded.evaluations[0]?.loss ?? 1];
    expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-5);
    expect((await stepsOf(recipe)).steps.map(step => step.loss)).toEqual(run.steps.map(step => step.loss));
  });
});

describe('grouping by length', () => {
  it('pads less, begins with the longest example and leaves none out', async () => {
    const training = 'epochs: 1, batchSize: 4, gradientAccumulationSteps: 1';
    const plain = await batchesOf(recipeFor('plain', 'groupByLength: false', training));
    const grouped = await batchesOf(recipeFor('grouped', 'groupByLength: true', training));
    expect(sequencesOf(grouped).sort()).toEqual(sequencesOf(plain).sort());
    const cells = (batches: readonly Batch[]) =>
      batches.reduce((sum, { inputIds }) => sum + inputIds.length * (inputIds[0]?.length ?? 0), 0);
    expect(cells(grouped)).toBeLessThan(cells(plain));
    const widths = grouped.map(({ inputIds }) => inputIds[0]?.length ?? 0);
    expect(widths[0]).toBe(Math.max(...widths));
  });
});

describe('a packed run that is killed', () => {
  it('goes on with the very rows and batches of one that ran through', async () => {
    const recipe = workspace.write(
      'killed.luthier.yaml',
      longEnoughRecipe(2)
        .replace('maxLength: 256', 'maxLength: 256, strategy: pack, groupByLength: true')
        .replace('batchSize: 4', 'batchSize: 1'),
    );
    const whole = await runThrough(recipe, join(workspace.directory, 'whole'));
    const killed = await resumeUntilDone(recipe, join(workspace.directory, 'killed'), [{ afterSteps: 4 }]);
    expect(whole.course.steps.length).toBeGreaterThan(16);
    expect(killed.last.restartStep).toBeGreaterThan(1);
    expect(killed.course).toEqual(whole.course);
    expect(killed.adapter.equals(whole.adapter)).toBe(true);
  });
});

describe('truncation prompt-first', () => {
  it('keeps answers behind prompts that are too long, which truncation right loses', async () => {
    const long = Array.from({ length: 60 }, (_, i) => `word ${i}`).join(' ');
    const rows = Array.from({ length: 4 }, (_, i) =>
      conversation(['user', `${long} and ${i}?`], ['assistant', `The answer is ${i}.`]),
    );
    const data = workspace.write('long.jsonl', rows.join(''));
    const labelsWith = async (truncation: string, maxLength: number) => {
      const recipe = workspace.write(
        `${truncation}-${maxLength}.luthier.yaml`,
        `version: 1
model: {path: ${JSON.stringify(demoModel)}}
dataset: {path: ${JSON.stringify(data)}, validation: none}
collator: {maxLength: ${maxLength}, truncation: ${truncation}}
`,
      );
      const { json } = await runLuthier('labels', recipe, '--json', '--home', workspace.home);
      return json as {
        inputIds: number[];
        labels: number[];
        dropped: string | null;
        truncatedTokens: number;
      }[];
    };
    const whole = await labelsWith('right', 2000);
    const right = await labelsWith('right', 40);
    const kept = await labelsWith('prompt-first', 40);
    for (const [i, { inputIds, labels, dropped, truncatedTokens }] of kept.entries()) {
      const uncut = whole[i];
      if (!uncut) throw new Error('a row is missing');
      expect(right[i]?.dropped).toBe('truncated');
      expect(dropped).toBe(null);
      expect(inputIds).toHaveLength(40);
      expect(truncatedTokens).toBe(uncut.inputIds.length - 40);
      expect(labels.filter(label => label !== -100)).toEqual(uncut.labels.filter(label => label !== -100));
    }
  });
});
