/** The micro-batches of a run out of its prepared dataset: one order for the trainer and for every view. */
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { collatePadded } from '../../pipeline/collate.ts';
import { type PlannedStep, plannedSteps, planTraining } from '../../pipeline/training-plan.ts';
import type { PreparedDataset } from './prepared-reader.ts';

export interface PlannedBatches {
  readonly steps: number;
  /** Each step with what makes its micro-batches, one at a time. */
  inOrder(): Generator<{ readonly planned: PlannedStep; readonly batches: Generator<MicroBatch> }>;
  /** Rows of the data file behind a step, for messages. */
  rowsOf(planned: PlannedStep): number[];
}

export function planBatches(dataset: PreparedDataset, recipe: Recipe): PlannedBatches {
  const examples = dataset.indicesOf('training');
  const options = { ...recipe.training, examples: examples.length };
  const at = (i: number) => examples[i] ?? 0;
  return {
    steps: planTraining(options).steps,
    *inOrder() {
      for (const planned of plannedSteps(options))
        yield { planned, batches: batchesOf(dataset, planned, at) };
    },
    rowsOf: planned => planned.microBatches.flat().map(i => dataset.read(at(i)).row),
  };
}

function* batchesOf(
  dataset: PreparedDataset,
  planned: PlannedStep,
  at: (i: number) => number,
): Generator<MicroBatch> {
  for (const indices of planned.microBatches) yield collateFrom(dataset, indices.map(at));
}

/** Collates the examples at these places of the file. */
export function collateFrom(dataset: PreparedDataset, indices: readonly number[]): MicroBatch {
  return collatePadded(
    indices.map(index => dataset.read(index)),
    dataset.meta.padId,
  );
}
