/** Made-up step metrics for the tests of this folder. */
import type { RunMetrics } from '../../../src-shared/domain/run-metrics.ts';
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

/** The backend's curve of a run that has these of the steps above, none of them summed up. */
export function curve(numbers: readonly number[]): RunMetrics {
  const rows = numbers.map(stepMetric);
  const of = (field: keyof StepMetric) => rows.map(row => row[field]);
  return {
    total: rows.length,
    bucketSize: 1,
    steps: {
      step: of('step'),
      epoch: of('epoch'),
      loss: of('loss'),
      learningRate: of('learningRate'),
      gradNorm: of('gradNorm'),
      trainableTokens: of('trainableTokens'),
      tokens: of('tokens'),
      tokensPerSecond: of('tokensPerSecond'),
      memoryBytes: of('memoryBytes'),
      elapsedMs: of('elapsedMs'),
      trainedTotal: numbers.map(step => step * 40),
      tokensTotal: numbers.map(step => step * 100),
    },
    extremes: {},
    means: { step: [], loss: [], steps: [] },
  };
}
