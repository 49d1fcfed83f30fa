/** Which examples meet in which row, micro-batch and step: the whole order of a run, from its seed. */
import { createRandom, shuffledIndices } from '../random.ts';
import { type BatchRows, countRows, examplesOf, rowLengths, singleRows } from './batch-rows.ts';
import { groupByLength } from './group-by-length.ts';
import { packRows } from './pack-rows.ts';

export interface PlanOptions {
  /** Tokens of each example. */
  readonly lengths: Uint32Array;
  readonly strategy: 'pad' | 'pack';
  readonly maxLength: number;
  readonly groupByLength: boolean;
  readonly epochs: number;
  readonly maxSteps: number | null;
  /** Rows in a micro-batch. */
  readonly batchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** The rows of a micro-batch, each with its example indices. */
export type PlannedMicroBatch = readonly (readonly number[])[];

export interface PlannedStep {
  /** Counts from 1. */
  readonly step: number;
  /** Epochs done when the step is done. */
  readonly epoch: number;
  readonly endsEpoch: boolean;
  readonly microBatches: readonly PlannedMicroBatch[];
}

export interface TrainingPlan {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** The steps that are left when `done` steps are done: a run can be taken up at any of them. */
  stepsAfter(done: number): Generator<PlannedStep>;
  /** Every micro-batch of an epoch, counted from 0, whatever `maxSteps` says. */
  microBatchesOf(epoch: number): Generator<PlannedMicroBatch>;
}

/**
 * Accumulation never crosses an epoch: steps per epoch = ceil(micro-batches / accumulation steps), as
 * in transformers' Trainer; a part of an epoch counts by ceil too. Each epoch has an order of its own
 * and, where examples of one length could change places, rows of its own; how many rows it has depends
 * on the lengths alone.
 */
export function planTraining(options: PlanOptions): TrainingPlan {
  const { batchSize, gradientAccumulationSteps } = options;
  const microBatches = Math.ceil(countRowsOf(options) / batchSize);
  const stepsPerEpoch = Math.ceil(microBatches / gradientAccumulationSteps);
  const wanted = options.maxSteps ?? Math.ceil(options.epochs * stepsPerEpoch);
  const steps = stepsPerEpoch === 0 ? 0 : wanted;
  return {
    steps,
    stepsPerEpoch,
    *stepsAfter(done) {
      for (let epoch = Math.floor(done / stepsPerEpoch); epoch * stepsPerEpoch < steps; epoch++) {
        const rows = orderedRows(options, epoch);
        for (let inEpoch = 0; inEpoch < stepsPerEpoch; inEpoch++) {
          const step = epoch * stepsPerEpoch + inEpoch + 1;
          if (step <= done) continue;
          if (step > steps) return;
          const first = inEpoch * gradientAccumulationSteps;
          const last = Math.min(first + gradientAccumulationSteps, microBatches);
          yield {
            step,
            epoch: epoch + (inEpoch + 1) / stepsPerEpoch,
            endsEpoch: inEpoch + 1 === stepsPerEpoch,
            microBatches: Array.from({ length: last - first }, (_, i) =>
              microBatchAt(rows, first + i, batchSize),
            ),
          };
        }
      }
    },
    *microBatchesOf(epoch) {
      const rows = orderedRows(options, epoch);
      for (let i = 0; i < microBatches; i++) yield microBatchAt(rows, i, batchSize);
    },
  };
}

/** The micro-batches of an evaluation: the recipe's collator, in file order, since order changes no sum. */
export function planEvaluation(options: PlanOptions): Generator<PlannedMicroBatch> {
  return planTraining({ ...options, shuffle: false, gradientAccumulationSteps: 1 }).microBatchesOf(0);
}

function countRowsOf({ strategy, lengths, maxLength }: PlanOptions): number {
  if (strategy === 'pad') return lengths.length;
  return countRows(packRows(lengths, fileOrder(lengths.length), maxLength));
}

interface OrderedRows {
  readonly rows: BatchRows;
  readonly order: Uint32Array;
}

function orderedRows(options: PlanOptions, epoch: number): OrderedRows {
  const { lengths, shuffle, seed, batchSize, gradientAccumulationSteps } = options;
  const random = createRandom(seed, epoch);
  const permutation = (count: number) => (shuffle ? shuffledIndices(count, random) : fileOrder(count));
  const examples = permutation(lengths.length);
  const isPacked = options.strategy === 'pack';
  const rows = isPacked ? packRows(lengths, examples, options.maxLength) : singleRows(examples);
  // Packed rows stand in the order of their earliest example, so those with many come early: shuffled again.
  const order = isPacked ? permutation(countRows(rows)) : fileOrder(countRows(rows));
  if (!options.groupByLength) return { rows, order };
  const perStep = batchSize * gradientAccumulationSteps;
  return { rows, order: groupByLength(rowLengths(rows, lengths), order, perStep) };
}

function microBatchAt({ rows, order }: OrderedRows, at: number, batchSize: number): PlannedMicroBatch {
  return Array.from(order.subarray(at * batchSize, (at + 1) * batchSize), row => examplesOf(rows, row));
}

function fileOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
