/** The procedures behind the worst rows of a finished run. */
import { z } from 'zod';
import { lossReportSchema, lossSplitSchema } from '../domain/row-losses.ts';

const ofRun = z.strictObject({ id: z.string().min(1).max(100), split: lossSplitSchema });
const top = z.int().min(1).max(1000);

/** Rows that are measured where nothing else is asked for: a sample of a larger data set. */
export const USUAL_LOSS_ROWS = 2000;
export const MOST_LOSS_ROWS = 20_000;

export const LOSSES_PROCEDURES = {
  /**
   * What was measured before with the adapter that the run has now; null where nothing was. `recipe` reads the rows of
   * the split as the run did.
   */
  'losses.show': {
    input: ofRun.extend({ top }),
    output: z.object({
      name: z.string(),
      recipe: z.record(z.string(), z.unknown()),
      hasValidation: z.boolean(),
      report: lossReportSchema.nullable(),
    }),
  },
  /**
   * Measures each row's loss with the run's adapter and keeps it in the run's folder. Takes the device. `workId` names
   * the progress on `work.progress`. Errors: `run.notFound`, `run.noAdapter`, `losses.adapterMissing`,
   * `losses.inputsDiffer`, `losses.noRows`, `compute.busy`, `job.cancelled`, those of data, model and device.
   */
  'losses.measure': {
    input: ofRun.extend({
      top,
      maxRows: z.int().min(1).max(MOST_LOSS_ROWS),
      workId: z.string().min(1).max(100),
    }),
    output: z.object({ report: lossReportSchema }),
  },
  /** Ids and losses of a measured example's tokens, null where no loss is taken; both empty where it was not measured. */
  'losses.tokens': {
    input: ofRun.extend({ row: z.int().min(0), part: z.int().min(0) }),
    output: z.object({ ids: z.array(z.number()), losses: z.array(z.number().nullable()) }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
