/** The diary of a run in its own folder: enough to bring it back where a history has lost it, or on another machine. */
import { z } from 'zod';
import { preflightReportSchema } from './preflight.ts';
import { runIdSchema, runParentSchema } from './run.ts';
import { hashesSchema, trainingEventSchema } from './training.ts';

/** The first line: what was known when the run began. */
export const runLogHeadSchema = z.object({
  type: z.literal('head'),
  /** Of this form of a diary. */
  version: z.literal(1),
  id: runIdSchema,
  name: z.string(),
  createdAt: z.string(),
  recipe: z.record(z.string(), z.unknown()),
  hashes: hashesSchema,
  versions: z.record(z.string(), z.string()),
  preflight: preflightReportSchema,
  modelName: z.string(),
  dataName: z.string(),
  masking: z.string(),
  plannedSteps: z.number(),
  parent: runParentSchema.nullable(),
});
export type RunLogHead = Omit<z.infer<typeof runLogHeadSchema>, 'type' | 'version'>;

/** Every other line: an event of the run, and when it was. */
export const runLogLineSchema = z.intersection(trainingEventSchema, z.object({ at: z.string() }));
export type RunLogLine = z.infer<typeof runLogLineSchema>;
