/** A run: one launch of a recipe, with everything that it left behind. */
import { z } from 'zod';
import { preflightReportSchema } from './preflight.ts';
import {
  checkpointSchema,
  demoScoreSchema,
  evaluationSchema,
  hashesSchema,
  runErrorSchema,
  stepMetricSchema,
} from './training.ts';

/** draft → running → completed | stopped | failed; interrupted: found running at start-up without a process. */
export const runStatusSchema = z.enum(['draft', 'running', 'completed', 'stopped', 'failed', 'interrupted']);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  modelName: z.string(),
  dataName: z.string(),
  masking: z.string(),
  plannedSteps: z.number(),
  stepsDone: z.number(),
  firstLoss: z.number().nullable(),
  lastLoss: z.number().nullable(),
  durationMs: z.number().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** How the trainer process ended, where it did not end by itself. */
export const processExitSchema = z.object({
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  /** The last lines that the process wrote. */
  lastLines: z.array(z.string()),
});
export type ProcessExit = z.infer<typeof processExitSchema>;

export const runDetailsSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  recipe: z.record(z.string(), z.unknown()),
  hashes: hashesSchema,
  versions: z.record(z.string(), z.string()),
  preflight: preflightReportSchema,
  plannedSteps: z.number(),
  steps: z.array(stepMetricSchema),
  evaluations: z.array(evaluationSchema),
  checkpoints: z.array(checkpointSchema),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  adapterPath: z.string().nullable(),
  bestAdapterPath: z.string().nullable(),
  error: runErrorSchema.nullable(),
  processExit: processExitSchema.nullable(),
  /** For runs of the bundled demo. */
  demo: demoScoreSchema.nullable(),
});
export type RunDetails = z.infer<typeof runDetailsSchema>;
