/** A real step before a run: what no header can tell, whether loss and gradients are right and what a step costs. */

import type { NamedTensor, OptimizerStep } from '../../../src-native/binding.d.ts';
import { CodedException, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import { fromNative, type NativeTrainer } from '../../adapters/native/addon.ts';
import { type PlannedBatches, planBatches } from '../../adapters/prepared/prepared-batches.ts';
import type { PlannedStep } from '../../pipeline/batches/training-plan.ts';
import type { ProbeFindings } from '../../pipeline/job-results.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import type { ProbeJob } from '../protocol.ts';
import { noCheckpoint, type Opened, withTrainer } from './with-trainer.ts';

/** Enough for AdamW to have left its first, uncertain updates behind. */
const STEPS_ON_ONE_BATCH = 10;
const PROBE_UPDATE: OptimizerStep = {
  optimizer: 'adamw',
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 1,
};

export function probe(job: ProbeJob, context: JobContext): Promise<Outcome<ProbeFindings>> {
  // Dropout and noise would hide whether the loss of one batch falls.
  const { adapter, training } = job.recipe;
  const recipe = {
    ...job.recipe,
    adapter: { ...adapter, dropout: 0 },
    training: { ...training, neftuneAlpha: 0 },
  };
  const warnings: string[] = [];
  const listening: JobContext = {
    ...context,
    emit: event => {
      if (event.type === 'warning') warnings.push(event.message);
    },
  };
  return withTrainer({ ...job, recipe }, listening, noCheckpoint, async opened => {
    const found = await probeWith(opened, { ...job, recipe }, context);
    return found.ok ? ok({ ...found.value, warnings }) : found;
  });
}

async function probeWith(
  { dataset, model, trainer }: Opened,
  { recipe }: ProbeJob,
  context: JobContext,
): Promise<Outcome<Omit<ProbeFindings, 'warnings'>>> {
  const plan = planBatches(dataset, recipe);
  const { planned, batch } = largestOf(plan, dataset.lengthsOf(dataset.indicesOf('training')));
  const first = await accumulated(trainer, batch, context);
  if (!first.ok) return first;
  const gradients = trainer.gradients();
  const withoutGradient = weightsWithoutGradient(gradients);
  const lossesAfterSteps: number[] = [];
  for (let step = 1; step <= STEPS_ON_ONE_BATCH; step++) {
    context.reportProgress({ phase: 'probing a batch', done: step, total: STEPS_ON_ONE_BATCH });
    const updated = fromNative(await trainer.step(PROBE_UPDATE));
    if (!updated.ok) return updated;
    const next = await accumulated(trainer, batch, context);
    if (!next.ok) return next;
    lossesAfterSteps.push(next.value.loss);
  }
  const secondsPerStep = await timeFirstStep(trainer, plan, context);
  if (!secondsPerStep.ok) return secondsPerStep;
  return ok({
    loss: first.value.loss,
    vocabularySize: model.info.vocabularySize,
    labelsCounted: batch.trainableTokens,
    labelsSeen: first.value.labelsSeen,
    weightsWithoutGradient: withoutGradient,
    adaptedWeights: gradients.length / 2,
    lossesAfterSteps,
    rows: plan.rowsOf(planned),
    secondsPerStep: secondsPerStep.value,
    memoryBytes: process.resourceUsage().maxRSS * 1024,
  });
}

/** The micro-batch of the first epoch with the most places, padding included: what decides the peak of memory. */
function largestOf(plan: PlannedBatches, lengths: Uint32Array): { planned: PlannedStep; batch: MicroBatch } {
  let largest = { step: 1, index: 0, places: 0 };
  for (const { planned } of plan.inOrder()) {
    for (const [index, rows] of planned.microBatches.entries()) {
      const longest = Math.max(...rows.map(row => row.reduce((sum, i) => sum + (lengths[i] ?? 0), 0)));
      const places = rows.length * longest;
      if (places > largest.places) largest = { step: planned.step, index, places };
    }
    if (planned.endsEpoch) break;
  }
  for (const { planned, batches } of plan.inOrder(largest.step - 1)) {
    let index = 0;
    for (const batch of batches) if (index++ === largest.index) return { planned, batch };
  }
  throw new Error('A plan with training examples has a first micro-batch.');
}

/** One micro-batch's gradient. A loss that is no number is a finding, not an error. */
async function accumulated(
  trainer: NativeTrainer,
  batch: MicroBatch,
  context: JobContext,
): Promise<Outcome<{ loss: number; labelsSeen: number }>> {
  if (await stopRequested(context.signal)) throw cancelled();
  const result = await trainer.accumulate(batch);
  if (!result.ok && result.error.code === 'loss.notFinite') return ok({ loss: Number.NaN, labelsSeen: 0 });
  const loss = fromNative(result);
  if (!loss.ok) return fail(loss.error);
  const { lossSum, trainedTokens } = loss.value;
  return ok({ loss: lossSum / trainedTokens, labelsSeen: trainedTokens });
}

/** A, which gets none while B is zero, says nothing; B always gets one. */
function weightsWithoutGradient(gradients: readonly NamedTensor[]): string[] {
  return gradients
    .filter(({ name }) => name.endsWith('.lora_b'))
    .filter(({ data }) => !data.some(value => value !== 0) || !data.every(Number.isFinite))
    .map(({ name }) => name.replace('.lora_b', ''));
}

/** Seconds of the run's first step. Its graphs are built on the way, as they are whenever lengths change. */
async function timeFirstStep(
  trainer: NativeTrainer,
  plan: PlannedBatches,
  context: JobContext,
): Promise<Outcome<number>> {
  for (const { batches } of plan.inOrder()) {
    const startedAt = performance.now();
    for (const batch of batches) {
      const done = await accumulated(trainer, batch, context);
      if (!done.ok) return done;
    }
    const updated = fromNative(await trainer.step(PROBE_UPDATE));
    return updated.ok ? ok((performance.now() - startedAt) / 1000) : updated;
  }
  return ok(0);
}

function cancelled(): CodedException {
  return new CodedException({
    code: 'job.cancelled',
    title: 'The probe was cancelled.',
    cause: 'It was asked to stop.',
    remedy: 'Start it again when you like.',
  });
}
