/** The training loop: micro-batches add up a gradient, a step uses it, events say what happened. */

import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import type { RunError } from '../../../src-shared/domain/training.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { fromNative, type NativeTrainer } from '../../adapters/native/addon.ts';
import { type PlannedBatches, planBatches } from '../../adapters/prepared/prepared-batches.ts';
import type { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import type { PlannedStep } from '../../pipeline/batches/training-plan.ts';
import { learningRateFactor } from '../../pipeline/learning-rate.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import { evaluate, evaluationIsDue } from './evaluate.ts';
import type { RunKeeper } from './keep-run.ts';
import { afterEvaluation, afterUpdate, type RunPosition } from './run-position.ts';

export interface StepsEnded {
  readonly status: 'completed' | 'stopped' | 'failed';
  readonly steps: number;
  readonly error: RunError | null;
}

export interface Session {
  readonly trainer: NativeTrainer;
  readonly dataset: PreparedDataset;
  readonly recipe: Recipe;
  readonly keeper: RunKeeper;
  readonly context: JobContext;
}

interface StepSums {
  lossSum: number;
  tokens: number;
  trainableTokens: number;
}

/**
 * Runs the planned steps behind a position, or until a stop request or a fault. A stop within a step drops
 * that step's gradient, and keeps a checkpoint of the steps before it.
 */
export async function runSteps(
  session: Session,
  from: RunPosition,
  elapsedBeforeMs: number,
): Promise<StepsEnded> {
  const { dataset, recipe, keeper, context } = session;
  const plan = planBatches(dataset, recipe);
  const startedAt = performance.now() - elapsedBeforeMs;
  const elapsedMs = () => performance.now() - startedAt;
  let position = from;
  for (const { planned, batches } of plan.inOrder(from.isStepUnfinished ? from.step - 1 : from.step)) {
    const isRepeated = planned.step === from.step;
    if (!isRepeated) {
      const taken = await takeStep(session, planned, batches, plan.steps, elapsedMs);
      if (!taken.ok) return failedAt(planned, taken.error, plan, position);
      if (taken.value === 'stopped') return await stopAt(keeper, position, elapsedMs());
      position = afterUpdate(position, planned.step);
    }
    if (evaluationIsDue(planned, recipe, plan.steps)) {
      const evaluated = await evaluateAndKeepBest(session, plan, position);
      if (!evaluated.ok) return failedAt(planned, evaluated.error, plan, position);
      if (evaluated.value === 'stopped') return await stopAt(keeper, position, elapsedMs());
      position = evaluated.value;
    }
    position = { ...position, isStepUnfinished: false };
    if (checkpointIsDue(planned.step, recipe, plan.steps)) {
      const kept = await keeper.checkpoint(position, elapsedMs());
      if (!kept.ok) return failedBecause(kept.error, position);
    }
  }
  context.log(`${position.step} steps are done`);
  return { status: 'completed', steps: position.step, error: null };
}

async function takeStep(
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

async function evaluateAndKeepBest(
  { trainer, keeper, context }: Session,
  plan: PlannedBatches,
  position: RunPosition,
): Promise<Outcome<RunPosition | 'stopped'>> {
  const evaluated = await evaluate(trainer, plan.forEvaluation(), position.step, context.signal);
  if (!evaluated.ok) return evaluated;
  if (evaluated.value === 'stopped') return ok('stopped');
  if (evaluated.value === null) return ok(position);
  if (!Number.isFinite(evaluated.value.loss)) return fail(evaluationNotFinite(evaluated.value.loss));
  const next = afterEvaluation(position, evaluated.value.loss);
  if (next.best?.step === position.step) {
    const saved = await keeper.saveBest();
    if (!saved.ok) return saved;
  }
  context.emit({ type: 'evaluation', ...evaluated.value });
  return ok(next);
}

function checkpointIsDue(step: number, recipe: Recipe, steps: number): boolean {
  const { checkpointEverySteps } = recipe.training;
  return step === steps || (checkpointEverySteps > 0 && step % checkpointEverySteps === 0);
}

async function stopAt(keeper: RunKeeper, position: RunPosition, elapsedMs: number): Promise<StepsEnded> {
  const kept = await keeper.checkpoint(position, elapsedMs);
  if (!kept.ok) return failedBecause(kept.error, position);
  return { status: 'stopped', steps: position.step, error: null };
}

/** Names the step and its rows, so that the data behind a fault can be looked at. */
function failedAt(
  planned: PlannedStep,
  error: CodedError,
  plan: PlannedBatches,
  position: RunPosition,
): StepsEnded {
  const rows = plan.rowsOf(planned);
  const more = rows.length > 20 ? ` and ${rows.length - 20} more` : '';
  const where = `Step ${planned.step}, rows ${rows.slice(0, 20).join(', ')}${more}`;
  return failedBecause({ ...error, cause: `${where}: ${error.cause}` }, position);
}

function failedBecause({ code, title, cause, remedy }: CodedError, position: RunPosition): StepsEnded {
  return { status: 'failed', steps: position.step, error: { code, title, cause, remedy } };
}

function evaluationNotFinite(loss: number): CodedError {
  return {
    code: 'loss.notFinite',
    title: 'The loss is not a number any more.',
    cause: `The evaluation gave ${loss}.`,
    remedy: 'Lower training.learningRate, and look at the validation examples.',
  };
}
