/** How a table of runs is looked at: what it finds, in which order and groups, and which columns it shows. */
import { z } from 'zod';
import { ALL_RUNS, runsChoiceSchema } from './run-list.ts';

/** In the order in which a table shows them; the name is always there. */
export const RUN_COLUMNS = [
  'status',
  'name',
  'sparkline',
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
  'tags',
  'createdAt',
] as const;
export const runColumnSchema = z.enum(RUN_COLUMNS);
export type RunColumn = z.infer<typeof runColumnSchema>;

export const runViewSchema = runsChoiceSchema
  .omit({ ids: true, since: true })
  .extend({ columns: z.array(runColumnSchema).max(RUN_COLUMNS.length) });
export interface RunView extends z.infer<typeof runViewSchema> {}

const { ids: _ids, since: _since, offset: _offset, count: _count, ...everything } = ALL_RUNS;

export const DEFAULT_VIEW: RunView = {
  ...everything,
  columns: [
    'status',
    'name',
    'sparkline',
    'lastLoss',
    'bestEvaluationLoss',
    'stepsDone',
    'modelName',
    'dataName',
    'masking',
    'rank',
    'learningRate',
    'durationMs',
    'tags',
    'createdAt',
  ],
};

export const viewNameSchema = z.string().trim().min(1).max(100);
export const savedViewSchema = z.object({ name: viewNameSchema, view: runViewSchema });
export type SavedView = z.infer<typeof savedViewSchema>;
