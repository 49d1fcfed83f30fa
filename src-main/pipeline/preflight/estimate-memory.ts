/** A first estimate of what training will need, from the model's header and the recipe. */
import type { PreflightReport } from '../../../src-shared/domain/preflight.ts';
import type { RunFacts } from './run-facts.ts';

/** How far the estimate may be off, as a share of it. */
export const UNCERTAINTY = 0.15;

const BYTES_PER_FLOAT = 4;
/** Logits and their gradient exist for this many trained tokens at a time. */
const LOSS_CHUNK = 256;
const PROGRAM_BYTES = 120 * 1024 * 1024;

export function estimateMemory({ model }: RunFacts): PreflightReport['estimate'] {
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
