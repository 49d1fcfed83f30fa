/** Which examples meet in which micro-batch of which step: the whole order of a run, from its seed. */
import { createRandom, shuffledIndices } from './random.ts';

export interface PlanOptions {
  readonly examples: number;
  readonly epochs: number;
  readonly maxSteps: number | null;
  readonly batchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

export interface TrainingPlan {
  readonly steps: number;
  readonly stepsPerEpoch: number;
}

export interface PlannedStep {
  /** Counts from 1. */
  readonly step: number;
  /** Epochs done when the step is done. */
  readonly epoch: number;
  readonly endsEpoch: boolean;
  /** Example indices of each micro-batch. */
  readonly microBatches: readonly (readonly number[])[];
}

/**
 * Accumulation never crosses an epoch: steps per epoch = ceil(micro-batches / accumulation steps), as
 * in transformers' Trainer; a part of an epoch counts by ceil too.
 */
export function planTraining(options: PlanOptions): TrainingPlan {
  const microBatches = Math.ceil(options.examples / options.batchSize);
  const stepsPerEpoch = Math.ceil(microBatches / options.gradientAccumulationSteps);
  const steps = options.maxSteps ?? Math.ceil(options.epochs * stepsPerEpoch);
  return { stepsPerEpoch, steps: options.examples === 0 ? 0 : steps };
}

/** The steps in order. Each epoch has an order of its own, from the seed and the epoch's number. */
export function* plannedSteps(options: PlanOptions): Generator<PlannedStep> {
  const { steps, stepsPerEpoch } = planTraining(options);
  let step = 0;
  for (let epoch = 0; step < steps; epoch++) {
    const microBatches = microBatchesOfEpoch(options, epoch);
    for (let inEpoch = 0; inEpoch < stepsPerEpoch && step < steps; inEpoch++) {
      step++;
      const first = inEpoch * options.gradientAccumulationSteps;
      yield {
        step,
        epoch: epoch + (inEpoch + 1) / stepsPerEpoch,
        endsEpoch: inEpoch + 1 === stepsPerEpoch,
        microBatches: microBatches.slice(first, first + options.gradientAccumulationSteps),
      };
    }
  }
}

function microBatchesOfEpoch(options: PlanOptions, epoch: number): number[][] {
  const order = options.shuffle
    ? shuffledIndices(options.examples, createRandom(options.seed, epoch))
    : Uint32Array.from({ length: options.examples }, (_, i) => i);
  const batches: number[][] = [];
  for (let at = 0; at < order.length; at += options.batchSize) {
    batches.push([...order.subarray(at, at + options.batchSize)]);
  }
  return batches;
}
