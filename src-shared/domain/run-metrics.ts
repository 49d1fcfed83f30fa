/** A run's steps as its curves need them: whole where they are few, else the extremes of buckets and some of the steps. */
import { z } from 'zod';
import { numberListSchema as numbers } from './number-list.ts';
import { stepMetricSchema } from './training.ts';

/** What is drawn of a run over its steps. */
export const MEASURES = ['loss', 'gradNorm', 'learningRate', 'tokensPerSecond', 'memoryBytes'] as const;
export type MetricMeasure = (typeof MEASURES)[number];

/** Steps; seconds of training; tokens read so far. */
export const metricsAxisSchema = z.enum(['step', 'time', 'tokens']);

/** Steps in columns of one length, in ascending order. */
export const stepSeriesSchema = z.object({
  step: numbers,
  epoch: numbers,
  loss: numbers,
  learningRate: numbers,
  gradNorm: numbers,
  trainableTokens: numbers,
  tokens: numbers,
  tokensPerSecond: numbers,
  memoryBytes: numbers,
  elapsedMs: numbers,
  /** Of all steps up to this one, also of those that are not given. */
  trainedTotal: numbers,
  tokensTotal: numbers,
});
export type StepSeries = z.infer<typeof stepSeriesSchema>;
export const STEP_COLUMNS = stepSeriesSchema.keyof().options;

export const metricsQuestionSchema = z.strictObject({
  /** The unit of `from` and `to`. */
  axis: metricsAxisSchema.default('step'),
  /** Null: from the beginning, to the end. Both are included, and the next step on each side. */
  from: z.number().nullable().default(null),
  to: z.number().nullable().default(null),
  /**
   * So many steps are given whole; more of them as the extremes of buckets: of the first measure at most a quarter as
   * many, of the others, whose plots are smaller, about a quarter of those.
   */
  points: z.int().min(64).max(20_000).default(4000),
  /** The measures whose extremes are wanted. */
  measures: z
    .array(z.enum(MEASURES))
    .min(1)
    .default([...MEASURES]),
});
export type MetricsQuestion = z.infer<typeof metricsQuestionSchema>;

export const runMetricsSchema = z.object({
  /** Steps of the whole run. */
  total: z.number(),
  /** Steps of a bucket of the first measure; 1 where every step of the part is given. */
  bucketSize: z.number(),
  /** Every step where they are few; else the first, the last, and one for about every fourth bucket. */
  steps: stepSeriesSchema,
  /**
   * Of each measure that is asked for, where not every step is given: the lowest and highest value of each bucket with
   * their steps, and those of the first and the last step of all. Ascending, each step once.
   */
  extremes: z.partialRecord(z.enum(MEASURES), z.object({ step: numbers, value: numbers })),
  /** The mean loss of each bucket, at its last step; empty where every step is given. */
  means: z.object({ step: numbers, loss: numbers, steps: numbers }),
});
export type RunMetrics = z.infer<typeof runMetricsSchema>;

/** Some of a run's steps in their order, counted from 0, for a table. */
export const stepsQuestionSchema = z.strictObject({
  offset: z.int().min(0),
  count: z.int().min(1).max(1000),
});
export const stepPageSchema = z.object({ total: z.number(), steps: z.array(stepMetricSchema) });
export type StepPage = z.infer<typeof stepPageSchema>;
