/** The few settings of a run's recipe that its page shows. */
import { z } from 'zod';

const shownSchema = z.object({
  training: z.object({
    epochs: z.number(),
    maxSteps: z.number().nullable().catch(null),
    maxGradNorm: z.number().catch(0),
  }),
});

export interface RecipeFacts {
  /** Null where `maxSteps` decides the length instead. */
  readonly epochs: number | null;
  /** Null where clipping is off. */
  readonly maxGradNorm: number | null;
}

/** A record of an older version may lack any of them; then nothing is shown. */
export function recipeFacts(recipe: Readonly<Record<string, unknown>>): RecipeFacts {
  const parsed = shownSchema.safeParse(recipe);
  if (!parsed.success) return { epochs: null, maxGradNorm: null };
  const { epochs, maxSteps, maxGradNorm } = parsed.data.training;
  return { epochs: maxSteps === null ? epochs : null, maxGradNorm: maxGradNorm > 0 ? maxGradNorm : null };
}
