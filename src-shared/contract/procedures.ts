/**
 * The one contract between the studio's page and its backend, whichever host carries it: calls with
 * checked input and output, and event streams. Adding a procedure here is what makes it exist.
 */
import { z } from 'zod';
import { computeDeviceSchema } from '../domain/device.ts';
import { importReportSchema } from '../domain/import.ts';
import { preflightReportSchema } from '../domain/preflight.ts';
import { runDetailsSchema, runLengthSchema, trainerLogSchema } from '../domain/run.ts';
import {
  metricsQuestionSchema,
  runMetricsSchema,
  stepPageSchema,
  stepsQuestionSchema,
} from '../domain/run-metrics.ts';
import { deliveredEventSchema, runPhaseSchema } from '../domain/training.ts';
import { CHAT_PROCEDURES, CHAT_STREAMS } from './chat-procedures.ts';
import { codedErrorSchema } from './coded-error.ts';
import { DISK_PROCEDURES } from './disk-procedures.ts';
import { DRAFT_PROCEDURES, DRAFT_STREAMS, draftSchema } from './draft-procedures.ts';
import { DROPPED_PROCEDURES } from './dropped-procedures.ts';
import { EXPORT_PROCEDURES } from './export-procedures.ts';
import { HISTORY_PROCEDURES } from './history-procedures.ts';
import { LOSSES_PROCEDURES } from './losses-procedures.ts';
import { QUEUE_PROCEDURES, QUEUE_STREAMS } from './queue-procedures.ts';
import { recipeSourceSchema } from './recipe-source.ts';
import { SETTINGS_PROCEDURES, SETTINGS_STREAMS } from './settings-procedures.ts';

const nothing = z.strictObject({});
const runId = z.strictObject({ id: z.string().min(1).max(100) });

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['web', 'electron']),
  platform: z.string(),
  processor: z.string(),
  processorCores: z.number(),
  memoryTotalBytes: z.number(),
  memoryFreeBytes: z.number(),
  home: z.string(),
  /** What happened when the data folder was opened that its owner should know. */
  notice: codedErrorSchema.nullable(),
  /** Free memory as it was within the last minute. */
  devices: z.array(computeDeviceSchema).readonly(),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

export const demoInfoSchema = z.object({
  name: z.string(),
  /** What the model is taught, in one sentence. */
  task: z.string(),
  modelName: z.string(),
  conversations: z.number(),
  heldOut: z.array(z.object({ prompt: z.string(), expected: z.string() })),
});
export type DemoInfo = z.infer<typeof demoInfoSchema>;

export const PROCEDURES = {
  ...DRAFT_PROCEDURES,
  ...CHAT_PROCEDURES,
  ...DISK_PROCEDURES,
  ...DROPPED_PROCEDURES,
  ...HISTORY_PROCEDURES,
  ...LOSSES_PROCEDURES,
  ...EXPORT_PROCEDURES,
  ...QUEUE_PROCEDURES,
  ...SETTINGS_PROCEDURES,
  'app.info': { input: nothing, output: appInfoSchema },
  'demo.describe': { input: nothing, output: demoInfoSchema },
  /** Every check over the whole dataset, before any weights are loaded. */
  'preflight.run': { input: recipeSourceSchema, output: preflightReportSchema },
  /** The same, and a real step: its loss and gradients as checks, its memory and time in the estimate. Takes the device. */
  'preflight.probe': { input: recipeSourceSchema, output: preflightReportSchema },
  /** Preflight, then training. Answers as soon as the run exists; refuses with `preflight.blocked`. */
  'runs.start': { input: recipeSourceSchema, output: runId },
  /** Stops within one micro-batch; keeps the adapter, and a checkpoint to go on from. */
  'runs.stop': { input: runId, output: nothing },
  /** The same, with the intent to go on: frees the device and marks the run as paused. */
  'runs.pause': { input: runId, output: nothing },
  /**
   * Stops the run, drops it out of the history when it is over, and answers then. `runs.restore` undoes it. Errors:
   * `run.notFound`, `run.isRunning` where another process runs it.
   */
  'runs.discard': { input: runId, output: nothing },
  /**
   * Goes on with a run that was paused, stopped, interrupted or failed, from its newest whole checkpoint. Answers as
   * soon as it runs; its events begin with a `run` event that says at which step.
   */
  'runs.resume': { input: runId, output: runId },
  /**
   * Trains the recipe of a run that is over once more, as a new run that says at its end whether its adapter is the
   * same byte for byte. Errors: `again.extended` and `again.inputsChanged`, unless they are accepted; `again.isRunning`;
   * those of `runs.start`.
   */
  'runs.again': {
    input: runId.extend({ accepted: z.strictObject({ changes: z.boolean(), extension: z.boolean() }) }),
    output: runId,
  },
  /**
   * Runs of another data folder or of a run's folder; null brings back those of this data folder whose rows are lost,
   * from the diaries in their folders. Nothing that is here is changed. `workId` names the progress on
   * `work.progress`. Errors: `import.nothingThere`, those of the other history.
   */
  'runs.import': {
    input: z.strictObject({
      path: z.string().min(1).max(4096).nullable(),
      workId: z.string().min(1).max(100),
    }),
    output: importReportSchema,
  },
  /** The recipe that a run was made with, with the hash of its model; and the file that would hold it, which names the run. */
  'runs.recipe': {
    input: runId,
    output: z.object({
      recipe: draftSchema,
      yaml: z.string(),
      file: z.object({ name: z.string(), text: z.string() }),
    }),
  },
  /**
   * Goes on with a run that is over, completed ones too, for longer than it was meant to: `length` is that of the whole
   * run. Answers as `runs.resume` does. Errors: `extend.notLonger`, `extend.noCheckpoint`, `extend.isRunning`.
   */
  'runs.extend': { input: runId.extend({ length: runLengthSchema }), output: runId },
  /** Everything about a run but its steps. */
  'runs.show': { input: runId, output: runDetailsSchema },
  /** A part of a run's steps for curves: whole where they are few, else with every extreme value among them. */
  'runs.metrics': { input: runId.extend(metricsQuestionSchema.shape), output: runMetricsSchema },
  /** The last lines that its trainer wrote. */
  'runs.log': { input: runId, output: trainerLogSchema },
  /** A run's steps in pages, for a table. */
  'runs.steps': { input: runId.extend(stepsQuestionSchema.shape), output: stepPageSchema },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const STREAMS = {
  ...DRAFT_STREAMS,
  ...CHAT_STREAMS,
  ...QUEUE_STREAMS,
  ...SETTINGS_STREAMS,
  /** A run's training events from now on; at most ten deliveries a second. */
  'run.events': { input: runId, event: z.array(deliveredEventSchema) },
  /** What a run is doing, at once and after each change; null where it does nothing in this process. */
  'run.phase': { input: runId, event: z.object({ phase: runPhaseSchema.nullable() }) },
  /** Tells that the list of runs is no longer what it was. */
  'runs.changed': { input: nothing, event: z.object({ id: z.string() }) },
} as const satisfies Record<string, { input: z.ZodType; event: z.ZodType }>;

export type ProcedureName = keyof typeof PROCEDURES;
export type ProcedureInput<N extends ProcedureName> = z.infer<(typeof PROCEDURES)[N]['input']>;
export type ProcedureOutput<N extends ProcedureName> = z.infer<(typeof PROCEDURES)[N]['output']>;
export type StreamName = keyof typeof STREAMS;
export type StreamInput<N extends StreamName> = z.infer<(typeof STREAMS)[N]['input']>;
export type StreamEvent<N extends StreamName> = z.infer<(typeof STREAMS)[N]['event']>;

export function isProcedureName(name: string): name is ProcedureName {
  return Object.hasOwn(PROCEDURES, name);
}

export function isStreamName(name: string): name is StreamName {
  return Object.hasOwn(STREAMS, name);
}
