/** What the checks of a run look at: keys that the prepared bytes do not depend on, and this machine. */
import type { PreflightTotals } from '../../../src-shared/domain/preflight.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { TrainingPlan } from '../batches/training-plan.ts';
import type { ModelFacts } from './preflight-facts.ts';

export interface RunFacts {
  readonly recipe: Recipe;
  readonly totals: Pick<PreflightTotals, 'examples' | 'kept' | 'lengths'>;
  /** Tokens of each training example. */
  readonly trainingLengths: Uint32Array;
  readonly plan: TrainingPlan;
  readonly model: ModelFacts;
  /** Null where the system does not say. */
  readonly freeMemoryBytes: number | null;
}
