/** The procedures behind the table of runs. */
import { z } from 'zod';
import { erasableRunSchema, eraseResultSchema } from '../domain/erase.ts';
import { historyExportReportSchema, historyFormatSchema } from '../domain/history-export.ts';
import { runChangesSchema, runsChangesSchema } from '../domain/run.ts';
import {
  runFacetsSchema,
  runIdsQuestionSchema,
  runsChoiceSchema,
  runsPageSchema,
  runsQuestionSchema,
} from '../domain/run-list.ts';
import { savedViewSchema, viewNameSchema } from '../domain/run-view.ts';

const nothing = z.strictObject({});
const runId = z.string().min(1).max(100);
const workId = z.string().min(1).max(100);
const runIds = z.strictObject({ ids: z.array(runId).min(1).max(5000) });
const idsOnly = z.object({ ids: z.array(z.string()) });

export const HISTORY_PROCEDURES = {
  /** One page of the runs that a question finds; without a question the newest ones. */
  'runs.list': { input: runsQuestionSchema, output: runsPageSchema },
  /** The same runs in the same order by their ids alone. */
  'runs.ids': { input: runIdsQuestionSchema, output: idsOnly },
  /** What runs can be filtered by, with how many there are of each. */
  'runs.facets': { input: z.strictObject({ isDeleted: z.boolean() }), output: runFacetsSchema },
  /** Name, tags (all that it has afterwards), note and pin. Errors: `run.notFound`. */
  'runs.change': { input: z.strictObject({ id: runId, changes: runChangesSchema }), output: nothing },
  /** The same change of many runs at once; answers which there were. */
  'runs.changeAll': { input: runIds.extend({ changes: runsChangesSchema }), output: idsOnly },
  /**
   * Takes runs that are over out of the history and answers which; their files stay. Errors, where it could take none:
   * `run.notFound`, `run.isRunning`.
   */
  'runs.delete': { input: runIds, output: idsOnly },
  /** Undoes `runs.delete`. Errors, where none of them is deleted: `run.notFound`. */
  'runs.restore': { input: runIds, output: idsOnly },
  /**
   * The runs that a question finds as tables, or as TensorBoard's event files, in a new folder `name`; `replace` is for one
   * that is there. `workId` names the progress on `work.progress`. Errors: `export.wrongPlace`, `export.noFolder`,
   * `export.exists`, `export.noRuns`, `file.writeFailed`, `job.cancelled`.
   */
  'runs.export': {
    input: z.strictObject({
      runs: runsChoiceSchema,
      format: historyFormatSchema,
      folder: z.string().min(1).max(4096),
      name: z.string().min(1).max(255),
      replace: z.boolean(),
      workId,
    }),
    output: historyExportReportSchema,
  },
  /** What deleted runs take, before they are erased. Errors, where none of them is deleted: `run.notFound`. */
  'runs.lookBeforeErasing': { input: runIds, output: z.object({ runs: z.array(erasableRunSchema) }) },
  /**
   * Removes deleted runs for good, with their folders. `workId` names the progress on `work.progress`, and the work for
   * `runs.stopErasing`. Errors, where none of them is deleted: `run.notFound`.
   */
  'runs.erase': { input: runIds.extend({ workId }), output: eraseResultSchema },
  /** Ends it before its next run; `runs.erase` then answers with what it did and what it left. */
  'runs.stopErasing': { input: z.strictObject({ workId }), output: nothing },
  /** Saved views by their names. */
  'views.list': { input: nothing, output: z.object({ views: z.array(savedViewSchema) }) },
  /** Replaces the one of the same name. */
  'views.save': { input: z.strictObject(savedViewSchema.shape), output: nothing },
  /** Errors: `view.notFound`. */
  'views.remove': { input: z.strictObject({ name: viewNameSchema }), output: nothing },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
