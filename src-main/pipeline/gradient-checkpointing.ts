/** Whether a run computes its layers twice to keep less of them. */
import type { Recipe } from '../../src-shared/recipe/schema.ts';

/** Above this many tokens in a micro-batch, recomputing a layer is cheaper than keeping it. */
const RECOMPUTED_FROM_TOKENS = 2048;

export function recomputesLayers({ training, collator }: Recipe): boolean {
  if (training.gradientCheckpointing !== 'auto') return training.gradientCheckpointing === 'on';
  return training.batchSize * collator.maxLength > RECOMPUTED_FROM_TOKENS;
}
