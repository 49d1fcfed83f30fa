/** A run: one launch of a recipe, with everything that it left behind. */
import { z } from 'zod';
import { numberListSchema } from './number-list.ts';
import { preflightReportSchema } from './preflight.ts';
import { repetitionSchema } from './repetition.ts';
import {
  checkpointSchema,
  demoScoreSchema,
  evaluationSchema,
  hashesSchema,
  runErrorSchema,
  sampleSchema,
  stepMetricSchema,
} from './training.ts';

/** Also the name of the run's folder, so that a stranger's leads nowhere else: no slash, not `.` or `..`. */
export const runIdSchema = z.string().regex(/^(?!\.+$)[\w.-]{1,100}$/);

/** draft → running → completed | stopped | failed; interrupted: found running at start-up without a process. */
export const runStatusSchema = z.enum(['draft', 'running', 'completed', 'stopped', 'failed', 'interrupted']);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** It trains, or is about to. */
export function isUnderWay(status: RunStatus): boolean {
  return status === 'running' || status === 'draft';
}

/** The run that a run comes from: it goes on with its adapter, was changed from it, or repeats it. */
export const runParentSchema = z.object({ kind: z.enum(['continued', 'cloned', 'again']), id: z.string() });
export type RunParent = z.infer<typeof runParentSchema>;

/** Which adapter of its parent a run went on with, by the name of the file that its recipe begins with; null where neither. */
export function adapterOfParent(recipe: Readonly<Record<string, unknown>>): 'best' | 'last' | null {
  const { init = null } = (recipe['adapter'] ?? {}) as { readonly init?: unknown };
  const name = typeof init === 'string' ? init.split(/[/\\]/).at(-1) : undefined;
  if (name === BEST_ADAPTER_FILE) return 'best';
  return name === ADAPTER_FILE ? 'last' : null;
}

/** In a run's folder: its last step, and its best evaluation. */
export const ADAPTER_FILE = 'adapter.gguf';
export const BEST_ADAPTER_FILE = 'best-adapter.gguf';

/** A run that comes from another one. */
export const runChildSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: runParentSchema.shape.kind,
  status: runStatusSchema,
});

export const runSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  /** Stopped to be resumed. */
  paused: z.boolean(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  modelName: z.string(),
  dataName: z.string(),
  masking: z.string(),
  /** Of the recipe; null in runs whose recipe could not be read. */
  rank: z.number().nullable(),
  alpha: z.number().nullable(),
  learningRate: z.number().nullable(),
  epochs: z.number().nullable(),
  /** Examples or packed rows of one step. */
  examplesPerStep: z.number().nullable(),
  plannedSteps: z.number(),
  stepsDone: z.number(),
  firstLoss: z.number().nullable(),
  lastLoss: z.number().nullable(),
  durationMs: z.number().nullable(),
  lastEvaluationLoss: z.number().nullable(),
  bestEvaluationLoss: z.number().nullable(),
  /** Over all steps, so that an example counts once an epoch. */
  trainedTokens: z.number(),
  /** The trainer's highest resident memory, and what preflight expected. */
  memoryBytes: z.number().nullable(),
  estimatedMemoryBytes: z.number().nullable(),
  tags: z.array(z.string()),
  /** Shown before all others. */
  pinned: z.boolean(),
  parent: runParentSchema.nullable(),
  /** At most 32 losses from first to last step, each of a step or the mean of as many neighbours. */
  sparkline: numberListSchema,
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** What the user may change of a run; what is left out stays. */
export const runChangesSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(100).optional(),
  /** Markdown. */
  note: z.string().max(100_000).optional(),
  pinned: z.boolean().optional(),
});
export type RunChanges = z.infer<typeof runChangesSchema>;

/** What may be changed of many runs at once; other tags stay. */
export const runsChangesSchema = z.strictObject({
  addTags: runChangesSchema.shape.tags,
  removeTags: runChangesSchema.shape.tags,
  pinned: z.boolean().optional(),
});
export type RunsChanges = z.infer<typeof runsChangesSchema>;

/** How the trainer process ended, where it did not end by itself. */
export const processExitSchema = z.object({
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  /** The last lines that the process wrote. */
  lastLines: z.array(z.string()),
});
export type ProcessExit = z.infer<typeof processExitSchema>;

/** One time that a run went on: its steps up to `fromStep` were done, and took so long. */
export const resumptionSchema = z.object({ at: z.string(), fromStep: z.number(), savedMs: z.number() });
export type Resumption = z.infer<typeof resumptionSchema>;

/** How long a run is to be, all that it has done included. */
export const runLengthSchema = z.union([
  z.strictObject({ epochs: z.number().gt(0) }),
  z.strictObject({ maxSteps: z.int().min(1) }),
]);
export type RunLength = z.infer<typeof runLengthSchema>;

/** What a run's trainers wrote. */
export const trainerLogSchema = z.object({
  /** Null where nothing was kept. */
  path: z.string().nullable(),
  /** The last ones, in their order. */
  lines: z.array(z.string()),
  /** There are earlier lines. */
  isCut: z.boolean(),
});
export type TrainerLog = z.infer<typeof trainerLogSchema>;

export const runDetailsSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  paused: z.boolean(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  tags: z.array(z.string()),
  /** Markdown. */
  note: z.string(),
  pinned: z.boolean(),
  parent: runParentSchema.nullable(),
  /** Null where there is no parent, or it is not in the history any more. */
  parentName: z.string().nullable(),
  /** Newest first, at most 100. */
  children: z.array(runChildSchema),
  recipe: z.record(z.string(), z.unknown()),
  hashes: hashesSchema,
  versions: z.record(z.string(), z.string()),
  preflight: preflightReportSchema,
  plannedSteps: z.number(),
  modelName: z.string(),
  dataName: z.string(),
  masking: z.string(),
  /** The number of the last step. */
  stepsDone: z.number(),
  firstStep: stepMetricSchema.nullable(),
  /** At most 32, in their order. All steps come from `runs.metrics` and `runs.steps`. */
  lastSteps: z.array(stepMetricSchema),
  trainedTokens: z.number(),
  memoryBytes: z.number().nullable(),
  estimatedMemoryBytes: z.number().nullable(),
  evaluations: z.array(evaluationSchema),
  checkpoints: z.array(checkpointSchema),
  samples: z.array(sampleSchema),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  resumptions: z.array(resumptionSchema),
  adapterPath: z.string().nullable(),
  bestAdapterPath: z.string().nullable(),
  error: runErrorSchema.nullable(),
  processExit: processExitSchema.nullable(),
  /** For runs of the bundled demo. */
  demo: demoScoreSchema.nullable(),
  /** For runs that repeat another one, when they are over. */
  repetition: repetitionSchema.nullable(),
});
export type RunDetails = z.infer<typeof runDetailsSchema>;
