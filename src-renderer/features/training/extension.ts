/** What more epochs or steps would make of a run: its steps, and its learning rate from there on. Pure. */
import { z } from 'zod';
import { learningRateFactor } from '../../../src-shared/domain/learning-rate.ts';
import type { RunDetails, RunLength } from '../../../src-shared/domain/run.ts';

const trainingSchema = z.object({
  training: z.object({
    epochs: z.number(),
    maxSteps: z.number().nullable(),
    learningRate: z.number(),
    scheduler: z.enum(['constant', 'linear', 'cosine']),
    warmupSteps: z.number(),
  }),
});

export interface Extension {
  readonly length: RunLength;
  /** Of the whole run. */
  readonly steps: number;
  /** Rates of the last step that is done and of the next one; null where the schedule is constant. */
  readonly rates: { readonly before: number; readonly next: number } | null;
}

export interface ExtensionQuestion {
  readonly unit: 'epochs' | 'steps';
  /** What the run has now. */
  readonly now: number;
  /** What is offered first. */
  readonly first: number;
  /** Null where the run would not become longer. */
  extensionTo(wanted: number): Extension | null;
}

/** `fromStep`: of the newest checkpoint. Null where the record's recipe cannot be read. */
export function askForExtension(
  { recipe, plannedSteps }: Pick<RunDetails, 'recipe' | 'plannedSteps'>,
  fromStep: number,
): ExtensionQuestion | null {
  const parsed = trainingSchema.safeParse(recipe);
  if (!parsed.success) return null;
  const { epochs, maxSteps, learningRate, scheduler, warmupSteps } = parsed.data.training;
  const rateOf = (step: number, total: number) =>
    learningRate * learningRateFactor(scheduler, step - 1, warmupSteps, total);
  const extension = (length: RunLength, steps: number): Extension | null => {
    if (!(steps > plannedSteps)) return null;
    const rates = { before: rateOf(fromStep, plannedSteps), next: rateOf(fromStep + 1, steps) };
    return { length, steps, rates: scheduler === 'constant' ? null : rates };
  };
  if (maxSteps !== null) {
    return {
      unit: 'steps',
      now: plannedSteps,
      first: Math.ceil(plannedSteps * 1.5),
      extensionTo: wanted => (Number.isInteger(wanted) ? extension({ maxSteps: wanted }, wanted) : null),
    };
  }
  return {
    unit: 'epochs',
    now: epochs,
    first: Math.floor(epochs) + 1,
    extensionTo: wanted => extension({ epochs: wanted }, Math.ceil((wanted * plannedSteps) / epochs)),
  };
}
