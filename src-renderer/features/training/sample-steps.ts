/** Made-up step metrics for the tests of this folder. */
import type { StepMetric } from '../../../src-shared/domain/training.ts';

/** One step per second, 100 tokens each, four steps an epoch. */
export function stepMetric(step: number): StepMetric {
  return {
    step,
    epoch: step / 4,
    loss: 2,
    learningRate: 0.001,
    gradNorm: 1,
    trainableTokens: 40,
    tokens: 100,
    tokensPerSecond: 100,
    memoryBytes: 1024,
    elapsedMs: step * 1000,
  };
}
