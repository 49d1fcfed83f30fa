/** The loss over the validation examples: when it is due, and how it is measured. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { MicroBatch } from '../../../src-shared/domain/batch.ts';
import type { Evaluation } from '../../../src-shared/domain/training.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { fromNative, type NativeTrainer } from '../../adapters/native/addon.ts';
import type { PlannedStep } from '../../pipeline/batches/training-plan.ts';
import { stopRequested } from '../child-channel.ts';

export function evaluationIsDue(planned: PlannedStep, recipe: Recipe, steps: number): boolean {
  const { evaluateEverySteps } = recipe.training;
  if (planned.step === steps || planned.endsEpoch) return true;
  return evaluateEverySteps > 0 && planned.step % evaluateEverySteps === 0;
}

/** Null where no validation example has a trained token. Gives up between micro-batches where a stop is asked for. */
export async function evaluate(
  trainer: NativeTrainer,
  batches: Iterable<MicroBatch>,
  step: number,
  signal: AbortSignal,
): Promise<Outcome<Evaluation | null | 'stopped'>> {
  let lossSum = 0;
  let trainedTokens = 0;
  for (const batch of batches) {
    if (await stopRequested(signal)) return ok('stopped');
    if (batch.trainableTokens === 0) continue;
    const loss = fromNative(await trainer.evaluate(batch));
    if (!loss.ok) return loss;
    lossSum += loss.value.lossSum;
    trainedTokens += loss.value.trainedTokens;
  }
  if (trainedTokens === 0) return ok(null);
  const loss = lossSum / trainedTokens;
  return ok({ step, loss, perplexity: Math.exp(loss) });
}
