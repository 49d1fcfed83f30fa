/** The micro-batches of a run out of its prepared dataset: one order for the trainer and for every view. */
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { collatePacked, collatePadded } from '../../pipeline/batches/collate.ts';
import {
  type PlannedMicroBatch,
  type PlannedStep,
  planEvaluation,
  planTraining,
} from '../../pipeline/batches/training-plan.ts';
import type { PreparedDataset } from './prepared-reader.ts';

export interface PlannedBatches {
  readonly steps: number;
  /** Each step that is left when `done` steps are done, with what makes its micro-batches, one at a time. */
  inOrder(
    done?: number,
  ): Generator<{ readonly planned: PlannedStep; readonly batches: Generator<MicroBatch> }>;
  /** The validation examples, by the same collator; none where nothing is held back. */
  forEvaluation(): Generator<MicroBatch>;
  /** Rows of the data file behind a step, for messages. */
  rowsOf(planned: PlannedStep): number[];
}

export function planBatches(dataset: PreparedDataset, recipe: Recipe): PlannedBatches {
  const training = dataset.indicesOf('training');
  const plan = planTraining(optionsFor(dataset, recipe, training));
  const collate = (rows: PlannedMicroBatch, indices: Uint32Array) =>
    collateRows(readRows(dataset, rows, indices), recipe, dataset.meta.padId);
  return {
    steps: plan.steps,
    *inOrder(done = 0) {
      for (const planned of plan.stepsAfter(done)) {
        yield { planned, batches: lazily(planned.microBatches, rows => collate(rows, training)) };
      }
    },
    *forEvaluation() {
      const held = dataset.indicesOf('validation');
      const microBatches = planEvaluation(optionsFor(dataset, recipe, held));
      yield* lazily(microBatches, rows => collate(rows, held));
    },
    rowsOf: planned => planned.microBatches.flat(2).map(i => dataset.summary(training[i] ?? 0).row),
  };
}

function* lazily<T, R>(items: Iterable<T>, make: (item: T) => R): Generator<R> {
  for (const item of items) yield make(item);
}

/** What decides the order of these examples. */
function optionsFor(dataset: PreparedDataset, recipe: Recipe, indices: Uint32Array) {
  return { ...recipe.training, ...recipe.collator, lengths: dataset.lengthsOf(indices) };
}

function readRows(
  dataset: PreparedDataset,
  rows: PlannedMicroBatch,
  indices: Uint32Array,
): LabelledExample[][] {
  return rows.map(row => row.map(i => dataset.read(indices[i] ?? 0)));
}

function collateRows(
  rows: readonly (readonly LabelledExample[])[],
  { collator }: Recipe,
  padId: number,
): MicroBatch {
  return collator.strategy === 'pack' ? collatePacked(rows, padId) : collatePadded(rows.flat(), padId);
}
