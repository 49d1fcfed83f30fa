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
  /** Every micro-batch of the first epoch, and those of an evaluation. */
  inWholeEpoch(): Generator<PlaceableBatch>;
  /** Rows of the data file behind a step, for messages. */
  rowsOf(planned: PlannedStep): number[];
}

/** A micro-batch that is not read yet. */
export interface PlaceableBatch {
  /** Places of its examples in the prepared dataset, row by row. */
  readonly places: readonly (readonly number[])[];
  /** Reads the examples, and collates them as the trainer would. */
  collate(): { readonly rows: readonly (readonly LabelledExample[])[]; readonly batch: MicroBatch };
}

export function planBatches(dataset: PreparedDataset, recipe: Recipe): PlannedBatches {
  const training = dataset.indicesOf('training');
  const plan = planTraining(optionsFor(dataset, recipe, training));
  const batchOf = (planned: PlannedMicroBatch, indices: Uint32Array): PlaceableBatch => {
    const places = planned.map(row => row.map(i => indices[i] ?? 0));
    return { places, collate: () => collatePlaces(dataset, recipe, places) };
  };
  const ofTraining = (planned: PlannedMicroBatch) => batchOf(planned, training);
  const ofEvaluation = () => {
    const held = dataset.indicesOf('validation');
    const planned = planEvaluation(optionsFor(dataset, recipe, held));
    return lazily(planned, rows => batchOf(rows, held));
  };
  return {
    steps: plan.steps,
    *inOrder(done = 0) {
      for (const planned of plan.stepsAfter(done)) {
        yield { planned, batches: lazily(planned.microBatches, rows => ofTraining(rows).collate().batch) };
      }
    },
    forEvaluation: () => lazily(ofEvaluation(), one => one.collate().batch),
    *inWholeEpoch() {
      yield* lazily(plan.microBatchesOf(0), ofTraining);
      yield* ofEvaluation();
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

function collatePlaces(
  dataset: PreparedDataset,
  { collator }: Recipe,
  places: readonly (readonly number[])[],
): ReturnType<PlaceableBatch['collate']> {
  const rows = places.map(row => row.map(place => dataset.read(place)));
  const { padId } = dataset.meta;
  const batch = collator.strategy === 'pack' ? collatePacked(rows, padId) : collatePadded(rows.flat(), padId);
  return { rows, batch };
}
