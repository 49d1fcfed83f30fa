/** A first estimate of what training will need, from the model's header and the recipe. */
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import type { ModelFacts } from './check-model.ts';

const BYTES_PER_FLOAT = 4;
/** Logits and their gradient exist for this many trained tokens at a time. */
const LOSS_CHUNK = 256;
const PROGRAM_BYTES = 120 * 1024 * 1024;

/**
 * Weights stay as they are on disk; logits exist for one chunk of trained tokens. The activations are
 * left out: they are measured once training runs.
 */
export function estimateMemory(model: ModelFacts): PreflightReport['estimate'] {
  const logits = 3 * LOSS_CHUNK * model.vocabularySize * BYTES_PER_FLOAT;
  return {
    memoryBytes: PROGRAM_BYTES + model.weightBytes + logits,
    secondsPerStep: null,
    assumptions: [
      'Weights as they are on disk, the program itself, and the logits of one chunk of trained tokens.',
      'Activations and the adapter are not counted yet, so this is a lower bound.',
      'Time per step is not known before the first step.',
    ],
  };
}
