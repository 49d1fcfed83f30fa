/** A list of runs: which ones, in which order, and one page of them at a time, however many there are. */
import { z } from 'zod';
import { runStatusSchema, runSummarySchema } from './run.ts';

export const RUN_SORT_KEYS = [
  'status',
  'name',
  'modelName',
  'dataName',
  'masking',
  'stepsDone',
  'lastLoss',
  'durationMs',
  'createdAt',
] as const;
export const runSortKeySchema = z.enum(RUN_SORT_KEYS);
export type RunSortKey = z.infer<typeof runSortKeySchema>;

export const runSortingSchema = z.strictObject({ key: runSortKeySchema, isDescending: z.boolean() });
export type RunSorting = z.infer<typeof runSortingSchema>;
const NEWEST_FIRST: RunSorting = { key: 'createdAt', isDescending: true };

/** Every run, the newest first. */
export const ALL_RUNS: RunsQuestion = {
  text: '',
  statuses: [],
  ids: null,
  sorting: NEWEST_FIRST,
  offset: 0,
  count: 100,
};

export const runsQuestionSchema = z.strictObject({
  /** Words in any order; each must be in the name, model, data, masking, tags, note, id or status. */
  text: z.string().max(1000).default(''),
  /** Empty: any. */
  statuses: z.array(runStatusSchema).max(10).default([]),
  /** Only these; null: any. */
  ids: z.array(z.string().max(100)).max(10_000).nullable().default(null),
  /** Runs without a value come last in both directions; equal ones newest first. */
  sorting: runSortingSchema.default(NEWEST_FIRST),
  /** The place of the first run of the page, counted from 0. */
  offset: z.int().min(0).default(0),
  count: z.int().min(0).max(500).default(100),
});
export interface RunsQuestion extends z.infer<typeof runsQuestionSchema> {}

export const runsPageSchema = z.object({
  runs: z.array(runSummarySchema),
  /** How many runs the question finds on all its pages. */
  matches: z.number(),
  /** How many runs there are. */
  total: z.number(),
});
export type RunsPage = z.infer<typeof runsPageSchema>;

/** The same question without its page. */
export type RunsChoice = Omit<RunsQuestion, 'offset' | 'count'>;

/** Which places of the answer are wanted as ids alone, for a choice that reaches over many pages. */
export const runIdsQuestionSchema = runsQuestionSchema.extend({
  count: z.int().min(0).max(100_000).default(100_000),
});
export type RunIdsQuestion = z.infer<typeof runIdsQuestionSchema>;
