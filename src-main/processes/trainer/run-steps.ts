/** The training loop: micro-batches add up a gradient, a step uses it, events say what happened. */

import { type CodedError, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import type { RunError } from '../../../src-shared/domain/training.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { fromNative, type NativeTrainer } from '../../adapters/native/addon.ts';
import { collateFrom, type PlannedBatches, planBatches } from '../../adapters/prepared/prepared-batches.ts';
import type { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { learningRateFactor } from '../../pipeline/learning-rate.ts';
import type { PlannedStep } from '../../pipeline/training-plan.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';

export interface StepsEnded {
  readonly status: 'completed' | 'stopped' | 'failed';
  readonly steps: number;
  readonly error: RunError | null;
}

interface StepSums {
  lossSum: number;
  tokens: number;
  trainableTokens: number;
}

/** Runs every planned step, or until a stop request or a fault; a stop keeps the step under way. */
export async function runSteps(
  trainer: NativeTrainer,
  dataset: PreparedDataset,
  recipe: Recipe,
  context: JobContext,
): Promise<StepsEnded> {
  const held = dataset.indicesOf('validation');
  const plan = planBatches(dataset, recipe);
  const { steps } = plan;
  const startedAt = performance.now();
  let done = 0;
  for (const { planned, batches } of plan.inOrder()) {
    const stepStartedAt = performance.now();
    const sums = await accumulate(trainer, batches, context.signal);
    if (!sums.ok) return failedAt(planned, sums.error, plan);
    if (sums.value === 'stopped') return { status: 'stopped', steps: done, error: null };
    const learningRate = rateOf(recipe, planned.step - 1, steps);
    const updated = await update(trainer, recipe, learningRate);
    if (!updated.ok) return failedAt(planned, updated.error, plan);
    done = planned.step;
    const now = performance.now();
    const loss = sums.value.lossSum / sums.value.trainableTokens;
    context.log(`step ${planned.step} of ${steps}, loss ${loss.toFixed(4)}`);
    context.emit({
      type: 'step',
      step: planned.step,
      epoch: planned.epoch,
      loss,
      learningRate,
      gradNorm: updated.value,
      trainableTokens: sums.value.trainableTokens,
      tokens: sums.value.tokens,
      tokensPerSecond: (sums.value.tokens * 1000) / Math.max(0.001, now - stepStartedAt),
      memoryBytes: process.resourceUsage().maxRSS * 1024,
      elapsedMs: now - startedAt,
    });
    if (held.length > 0 && evaluationIsDue(planned, recipe, steps)) {
      const evaluated = await evaluate(trainer, dataset, held, recipe, planned.step, context);
      if (!evaluated.ok) return failedAt(planned, evaluated.error, plan);
      if (evaluated.value === 'stopped') return { status: 'stopped', steps: done, error: null };
    }
  }
  return { status: 'completed', steps: done, error: null };
}

/** The loss is summed over the whole step and divided once: never a mean of micro-batch means. */
async function accumulate(
  trainer: NativeTrainer,
  batches: Iterable<MicroBatch>,
  signal: AbortSignal,
): Promise<Outcome<StepSums | 'stopped'>> {
  const sums: StepSums = { lossSum: 0, tokens: 0, trainableTokens: 0 };
  for (const batch of batches) {
    if (await stopRequested(signal)) return ok('stopped');
    const loss = fromNative(await trainer.accumulate(batch));
    if (!loss.ok) return loss;
    sums.lossSum += loss.value.lossSum;
    sums.tokens += batch.tokens;
    sums.trainableTokens += loss.value.trainedTokens;
  }
  return ok(sums);
}

function rateOf(recipe: Recipe, step: number, steps: number): number {
  const { learningRate, scheduler, warmupSteps } = recipe.training;
  return learningRate * learningRateFactor(scheduler, step, warmupSteps, steps);
}

async function update(
  trainer: NativeTrainer,
  recipe: Recipe,
  learningRate: number,
): Promise<Outcome<number>> {
  const { optimizer, betas, epsilon, weightDecay, maxGradNorm } = recipe.training;
  const [beta1, beta2] = betas;
  const stepped = fromNative(
    await trainer.step({ optimizer, learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm }),
  );
  return stepped.ok ? ok(stepped.value.gradNorm) : stepped;
}

function evaluationIsDue(planned: PlannedStep, recipe: Recipe, steps: number): boolean {
  const { evaluateEverySteps } = recipe.training;
  if (planned.step === steps || planned.endsEpoch) return true;
  return evaluateEverySteps > 0 && planned.step % evaluateEverySteps === 0;
}

async function evaluate(
  trainer: NativeTrainer,
  dataset: PreparedDataset,
  held: Uint32Array,
  recipe: Recipe,
  step: number,
  context: JobContext,
): Promise<Outcome<'done' | 'stopped'>> {
  let lossSum = 0;
  let trainedTokens = 0;
  for (let at = 0; at < held.length; at += recipe.training.batchSize) {
    if (await stopRequested(context.signal)) return ok('stopped');
    const batch = collateFrom(dataset, [...held.subarray(at, at + recipe.training.batchSize)]);
    if (batch.trainableTokens === 0) continue;
    const loss = fromNative(await trainer.evaluate(batch));
    if (!loss.ok) return loss;
    lossSum += loss.value.lossSum;
    trainedTokens += loss.value.trainedTokens;
  }
  if (trainedTokens > 0) {
    const loss = lossSum / trainedTokens;
    context.emit({ type: 'evaluation', step, loss, perplexity: Math.exp(loss) });
  }
  return ok('done');
}

/** Names the step and its rows, so that the data behind a fault can be looked at. */
function failedAt(planned: PlannedStep, error: CodedError, plan: PlannedBatches): StepsEnded {
  const rows = plan.rowsOf(planned);
  return {
    status: 'failed',
    steps: planned.step - 1,
    error: {
      code: error.code,
      title: error.title,
      cause: `Step ${planned.step}, rows ${rows.slice(0, 20).join(', ')}: ${error.cause}`,
      remedy: error.remedy,
    },
  };
}
