import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { createWorkspace, runLuthier, sharedData } from './luthier-process.ts';

const workspace = createWorkspace('reference');
afterAll(workspace.remove);

interface Expected {
  readonly steps: readonly {
    readonly step: number;
    readonly loss: number;
    readonly grad_norm: number;
    readonly learning_rate: number;
    readonly n_labels_shifted: number;
  }[];
}

const reference = join(sharedData, 'training', 'tiny-llama');

describe.skipIf(!existsSync(reference))('a run of the command line', () => {
  it("has the losses, norms and rates of PyTorch's at every one of 50 steps", async () => {
    const recipe = workspace.write(
      'reference.luthier.yaml',
      `version: 1
model: {path: ${JSON.stringify(join(sharedData, 'models', 'tiny-chatml-llama-f32.gguf'))}}
dataset: {path: ${JSON.stringify(join(reference, 'rows.jsonl'))}, format: tokenized, validation: none}
collator: {maxLength: 256}
adapter: {rank: 8, alpha: 16, init: ${JSON.stringify(join(reference, 'init-adapter.gguf'))}}
training:
  epochs: 1
  batchSize: 4
  gradientAccumulationSteps: 1
  learningRate: 2.0e-3
  scheduler: cosine
  warmupSteps: 5
  weightDecay: 0.01
  maxGradNorm: 1.0
  shuffle: false
`,
    );
    const { code, json } = await runLuthier('train', recipe, '--json', '--home', workspace.home);
    expect(code).toBe(0);
    const steps = (json as TrainingEvent[]).flatMap(event => (event.type === 'step' ? [event] : []));
    const expected = (JSON.parse(readFileSync(join(reference, 'expected.json'), 'utf8')) as Expected).steps;
    expect(steps).toHaveLength(expected.length);
    for (const [i, want] of expected.entries()) {
      const step = steps[i];
      if (!step) throw new Error(`step ${want.step} is missing`);
      expect(Math.abs(step.loss / want.loss - 1)).toBeLessThan(1e-3);
      expect(Math.abs(step.gradNorm / want.grad_norm - 1)).toBeLessThan(1e-2);
      expect(step.learningRate).toBeCloseTo(want.learning_rate, 12);
      expect(step.trainableTokens).toBe(want.n_labels_shifted);
    }
  });
});
