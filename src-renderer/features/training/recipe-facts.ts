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

const originSchema = z.object({
  model: z.object({ path: z.string() }),
  dataset: z.object({ path: z.union([z.string(), z.array(z.string())]) }),
  training: z.object({ seed: z.number() }),
  device: z.object({ backend: z.string() }).catch({ backend: 'auto' }),
});

/** Where a run comes from, in words; what a record of an older version lacks is a dash. */
export function originOf(
  recipe: Readonly<Record<string, unknown>>,
  versions: Readonly<Record<string, string>>,
): { readonly model: string; readonly data: string; readonly seed: string; readonly device: string } {
  const parsed = originSchema.safeParse(recipe);
  if (!parsed.success) return { model: '–', data: '–', seed: '–', device: versions['device'] ?? '–' };
  const { model, dataset, training, device } = parsed.data;
  return {
    model: model.path,
    data: [dataset.path].flat().join(', '),
    seed: String(training.seed),
    device: versions['device'] ?? device.backend,
  };
}

/** A record of an older version may lack any of them; then nothing is shown. */
export function recipeFacts(recipe: Readonly<Record<string, unknown>>): RecipeFacts {
  const parsed = shownSchema.safeParse(recipe);
  if (!parsed.success) return { epochs: null, maxGradNorm: null };
  const { epochs, maxSteps, maxGradNorm } = parsed.data.training;
  return { epochs: maxSteps === null ? epochs : null, maxGradNorm: maxGradNorm > 0 ? maxGradNorm : null };
}
