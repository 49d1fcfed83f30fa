/** The events of a training run: what the live plot, the database and `--json` receive. */
import { z } from 'zod';
import { repetitionSchema } from './repetition.ts';

export const hashesSchema = z.object({
  model: z.string(),
  data: z.string(),
  template: z.string(),
  preparedDataset: z.string(),
});
export type RunHashes = z.infer<typeof hashesSchema>;

/** One optimizer update. `loss` is per trained token, before the update; `gradNorm` before clipping. */
export const stepMetricSchema = z.object({
  /** Counts from 1. */
  step: z.number(),
  /** Fraction of epochs done after this step: 1.5 is the middle of the second epoch. */
  epoch: z.number(),
  loss: z.number(),
  /** The rate that this update used: 0 in step 1 of a warm-up. */
  learningRate: z.number(),
  gradNorm: z.number(),
  trainableTokens: z.number(),
  /** Without padding. */
  tokens: z.number(),
  tokensPerSecond: z.number(),
  /** The trainer's peak resident memory so far. */
  memoryBytes: z.number(),
  /** Cumulative, at the step's end. */
  elapsedMs: z.number(),
});
export type StepMetric = z.infer<typeof stepMetricSchema>;

/** Over the whole validation set: sum of losses / trained tokens. */
export const evaluationSchema = z.object({ step: z.number(), loss: z.number(), perplexity: z.number() });
export type Evaluation = z.infer<typeof evaluationSchema>;

/** The first with the lowest loss, as the trainer keeps it. */
export function bestEvaluation(evaluations: readonly Evaluation[]): Evaluation | null {
  return evaluations.reduce<Evaluation | null>(
    (best, evaluation) => (best === null || evaluation.loss < best.loss ? evaluation : best),
    null,
  );
}

export const checkpointSchema = z.object({ step: z.number(), path: z.string() });
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** What the model answers to one of the recipe's prompts while it trains. */
export const sampleSchema = z.object({ step: z.number(), prompt: z.string(), text: z.string() });
export type Sample = z.infer<typeof sampleSchema>;

/**
 * What a run is doing. `checking`: its inputs, before it goes on; `scoring`: the demo's held-out prompts, behind its
 * last step.
 */
export const runPhaseSchema = z.enum([
  'checking',
  'loading',
  'training',
  'evaluating',
  'sampling',
  'saving',
  'scoring',
]);
export type RunPhase = z.infer<typeof runPhaseSchema>;

export const finishedStatusSchema = z.enum(['completed', 'stopped', 'failed']);

/** Shares from 0 to 1 over the demo's held-out conversations. */
export const demoScoreSchema = z.object({
  heldOut: z.number(),
  baseExactMatch: z.number(),
  tunedExactMatch: z.number(),
});
export type DemoScore = z.infer<typeof demoScoreSchema>;

export const runErrorSchema = z.object({
  code: z.string(),
  title: z.string(),
  cause: z.string(),
  remedy: z.string(),
});
export type RunError = z.infer<typeof runErrorSchema>;

export const trainingEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    id: z.string(),
    steps: z.number(),
    recipe: z.record(z.string(), z.unknown()),
    hashes: hashesSchema,
    /** Where the run goes on: the steps up to `fromStep` are done, and took so long. */
    resumed: z.object({ fromStep: z.number(), savedMs: z.number() }).optional(),
  }),
  stepMetricSchema.extend({ type: z.literal('step') }),
  evaluationSchema.extend({ type: z.literal('evaluation') }),
  checkpointSchema.extend({ type: z.literal('checkpoint') }),
  sampleSchema.extend({ type: z.literal('sample') }),
  z.object({ type: z.literal('warning'), code: z.string(), message: z.string() }),
  z.object({
    type: z.literal('finished'),
    status: finishedStatusSchema,
    steps: z.number(),
    adapterPath: z.string().nullable(),
    bestAdapterPath: z.string().nullable(),
    error: runErrorSchema.nullable(),
    /** Stopped to be resumed. */
    paused: z.boolean().optional(),
    demo: demoScoreSchema.optional(),
    /** For runs that repeat another one. */
    repetition: repetitionSchema.optional(),
  }),
]);
export type TrainingEvent = z.infer<typeof trainingEventSchema>;
export type FinishedEvent = Extract<TrainingEvent, { type: 'finished' }>;

const STEP_FIELDS = stepMetricSchema.keyof().options;
type StepEvent = Extract<TrainingEvent, { type: 'step' }>;

/**
 * An event on its way to a page. A delivery may have a thousand steps, which are checked in one pass: a schema for each
 * of their numbers would hold up the page for longer than drawing them.
 */
export const deliveredEventSchema: z.ZodType<TrainingEvent> = z.union([
  z.custom<StepEvent>(isStepEvent),
  trainingEventSchema,
]);

function isStepEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'step')
    return false;
  const fields = value as Record<string, unknown>;
  return STEP_FIELDS.every(name => Number.isFinite(fields[name]));
}
