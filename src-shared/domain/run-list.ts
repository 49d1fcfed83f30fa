/** A list of runs: which ones, in which order and groups, and one page of them at a time, however many there are. */
import { z } from 'zod';
import { runStatusSchema, runSummarySchema } from './run.ts';

export const RUN_SORT_KEYS = [
  'status',
  'name',
  'lastLoss',
  'lastEvaluationLoss',
  'bestEvaluationLoss',
  'stepsDone',
  'modelName',
  'dataName',
  'masking',
  'rank',
  'alpha',
  'learningRate',
  'epochs',
  'examplesPerStep',
  'trainedTokens',
  'memoryBytes',
  'durationMs',
  'createdAt',
] as const;
export const runSortKeySchema = z.enum(RUN_SORT_KEYS);
export type RunSortKey = z.infer<typeof runSortKeySchema>;

export const runSortingSchema = z.strictObject({ key: runSortKeySchema, isDescending: z.boolean() });
export type RunSorting = z.infer<typeof runSortingSchema>;
const NEWEST_FIRST: RunSorting = { key: 'createdAt', isDescending: true };

export const RUN_GROUP_KEYS = ['modelName', 'dataName', 'masking', 'status'] as const;
export const runGroupKeySchema = z.enum(RUN_GROUP_KEYS);
export type RunGroupKey = z.infer<typeof runGroupKeySchema>;

/** Every run, pinned ones before the others, the newest first. */
export const ALL_RUNS: RunsQuestion = {
  text: '',
  statuses: [],
  models: [],
  data: [],
  tags: [],
  since: null,
  ids: null,
  isDeleted: false,
  sorting: NEWEST_FIRST,
  group: null,
  offset: 0,
  count: 100,
};

/** Empty: any. */
const oneOf = z.array(z.string().max(1000)).max(1000).default([]);

/** What a question finds, on all its pages. */
export const runsChoiceSchema = z.strictObject({
  /** Words in any order; each must be in the name, model, data, masking, tags, note, id or status. */
  text: z.string().max(1000).default(''),
  /** Empty: any. */
  statuses: z.array(runStatusSchema).max(10).default([]),
  /** By the names that the list shows. */
  models: oneOf,
  data: oneOf,
  /** Runs that have one of them. */
  tags: oneOf,
  /** Those that began then or later, ISO 8601 in UTC; null: whenever. */
  since: z.iso.datetime().nullable().default(null),
  /** Only these; null: any. */
  ids: z.array(z.string().max(100)).max(100_000).nullable().default(null),
  /** Those that were deleted instead of those that are there. */
  isDeleted: z.boolean().default(false),
  /** Runs without a value come last in both directions; equal ones newest first. */
  sorting: runSortingSchema.default(NEWEST_FIRST),
  /** Runs of one group stand together; the order is that inside a group. */
  group: runGroupKeySchema.nullable().default(null),
});
export type RunsChoice = z.infer<typeof runsChoiceSchema>;

/** The place of the first run that is wanted, counted from 0. */
const offset = z.int().min(0).default(0);

export const runsQuestionSchema = runsChoiceSchema.extend({
  offset,
  count: z.int().min(0).max(500).default(100),
});
export interface RunsQuestion extends z.infer<typeof runsQuestionSchema> {}

export const runIdsQuestionSchema = runsChoiceSchema.extend({
  offset,
  count: z.int().min(0).max(100_000).default(100_000),
});
export type RunIdsQuestion = z.infer<typeof runIdsQuestionSchema>;

export const runGroupSchema = z.object({
  value: z.string(),
  /** Runs that are found in it. */
  count: z.number(),
  /** The lowest of their evaluations. */
  bestLoss: z.number().nullable(),
});
export type RunGroup = z.infer<typeof runGroupSchema>;

export const runsPageSchema = z.object({
  runs: z.array(runSummarySchema),
  /** How many runs the question finds on all its pages. */
  matches: z.number(),
  /** How many runs there are, and how many that were deleted. */
  total: z.number(),
  deleted: z.number(),
  /** In the order in which their runs stand; none where the question has no group. */
  groups: z.array(runGroupSchema),
});
export type RunsPage = z.infer<typeof runsPageSchema>;

export const runFacetSchema = z.object({ value: z.string(), count: z.number() });
export type RunFacet = z.infer<typeof runFacetSchema>;

/** The values that runs have, the most frequent first. */
export const runFacetsSchema = z.object({
  statuses: z.array(runFacetSchema),
  models: z.array(runFacetSchema),
  data: z.array(runFacetSchema),
  tags: z.array(runFacetSchema),
});
export type RunFacets = z.infer<typeof runFacetsSchema>;
