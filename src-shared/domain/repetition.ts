/** What a run that repeats another one found: what is no longer the same, and whether the adapter is. */
import { z } from 'zod';

/** What a run is made of, each with a hash of its own. */
export const runInputSchema = z.enum(['model', 'data', 'template', 'preparedDataset']);
export type RunInput = z.infer<typeof runInputSchema>;

/** Two adapter files, byte by byte; where they differ, matrix by matrix. */
export const adapterComparisonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('same'), sha256: z.string(), bytes: z.number() }),
  z.object({
    kind: z.literal('different'),
    /** Those of either file; 0 where one of them cannot be read as an adapter. */
    matrices: z.number(),
    /** Of them, those with another value or shape, or that one file lacks. */
    differing: z.number(),
    /** Between two values at the same place; null where shapes differ or a value is not finite. */
    largestDifference: z.number().nullable(),
  }),
  /** `ended`: this run did not come to its end. `originalEnded`: the other one did not. `fileMissing`: its adapter. */
  z.object({
    kind: z.literal('notCompared'),
    reason: z.enum(['ended', 'originalEnded', 'originalGone', 'fileMissing']),
  }),
]);
export type AdapterComparison = z.infer<typeof adapterComparisonSchema>;

export const repetitionSchema = z.object({
  /** Inputs that are others than those of the original, by their hashes. */
  changedInputs: z.array(runInputSchema),
  /** Parts of the program that are of another version. */
  changedVersions: z.array(z.object({ name: z.string(), before: z.string(), now: z.string() })),
  /** Steps that both have, and the first one with another loss or gradient norm. */
  steps: z.object({ compared: z.number(), firstDifferent: z.number().nullable() }),
  adapter: adapterComparisonSchema,
  /** The original was extended, so that its recipe gives another adapter. Repetitions of earlier versions do not say. */
  isOriginalExtended: z.boolean().optional(),
});
export type Repetition = z.infer<typeof repetitionSchema>;
