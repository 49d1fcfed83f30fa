/** The learning-rate schedules of transformers, factor by factor. */

export type Scheduler = 'constant' | 'linear' | 'cosine';

/**
 * The factor for an update, counted from 0, so the first step of a warm-up has rate 0. Sources:
 * transformers' `get_constant_schedule_with_warmup`, `get_linear_schedule_with_warmup`,
 * `get_cosine_schedule_with_warmup` (half a cosine).
 */
export function learningRateFactor(
  scheduler: Scheduler,
  step: number,
  warmupSteps: number,
  totalSteps: number,
): number {
  if (step < warmupSteps) return step / Math.max(1, warmupSteps);
  const decaySteps = Math.max(1, totalSteps - warmupSteps);
  switch (scheduler) {
    case 'constant':
      return 1;
    case 'linear':
      return Math.max(0, (totalSteps - step) / decaySteps);
    case 'cosine':
      return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * ((step - warmupSteps) / decaySteps))));
  }
}
