/** One optimizer update: its micro-batches' gradients added up, then the step, then the event that measures it. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import { learningRateFactor } from '../../../src-shared/domain/learning-rate.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { fromNative, type NativeTrainer } from '../../adapters/native/addon.ts';
import type { PlannedStep } from '../../pipeline/batches/training-plan.ts';
import { stopRequested } from '../child-channel.ts';
import type { Session } from './session.ts';

interface StepSums {
  lossSum: number;
  tokens: number;
  trainableTokens: number;
}

/** A stop request, heard between micro-batches, drops what was accumulated. */
export async function takeStep(
  session: Session,
  planned: PlannedStep,
  batches: Iterable<MicroBatch>,
  steps: number,
  elapsedMs: () => number,
): Promise<Outcome<'taken' | 'stopped'>> {
  const { trainer, recipe, context } = session;
  const stepStartedAt = performance.now();
  const sums = await accumulate(trainer, batches, context.signal);
  if (!sums.ok) return sums;
  if (sums.value === 'stopped') return ok('stopped');
  const learningRate = rateOf(recipe, planned.step - 1, steps);
  const updated = await update(trainer, recipe, learningRate);
  if (!updated.ok) return updated;
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
    tokensPerSecond: (sums.value.tokens * 1000) / Math.max(0.001, performance.now() - stepStartedAt),
    memoryBytes: process.resourceUsage().maxRSS * 1024,
    elapsedMs: elapsedMs(),
  });
  return ok('taken');
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
