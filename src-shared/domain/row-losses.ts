/** Where a finished run still fails: the loss of each row of its data, and of each token of a row. */
import { z } from 'zod';

/** The rows that the run was trained on, or those that were held back. */
export const lossSplitSchema = z.enum(['training', 'validation']);
export type LossSplit = z.infer<typeof lossSplitSchema>;

export const rowLossSchema = z.object({
  /** Counted from 0; in the validation file where the recipe names one. */
  row: z.number(),
  line: z.number(),
  /** Which example of its row it is, where a row makes several. */
  part: z.number(),
  tokens: z.number(),
  trainedTokens: z.number(),
  /** Mean over the trained tokens, in nats: −log of the probability of the token that stands there. */
  loss: z.number(),
  /** Beginning of the text that is trained. */
  excerpt: z.string(),
  /** The tokens with the highest loss, worst first. */
  worstTokens: z.array(z.object({ position: z.number(), text: z.string(), loss: z.number() })),
});
export type RowLoss = z.infer<typeof rowLossSchema>;

export const lossReportSchema = z.object({
  split: lossSplitSchema,
  /** ISO 8601, UTC. */
  measuredAt: z.string(),
  /** How many rows were measured, of how many there are; fewer are drawn at random. */
  rows: z.number(),
  totalRows: z.number(),
  /** Mean over all trained tokens that were measured, in nats. */
  meanLoss: z.number(),
  /** The rows by their loss: equal widths from the lowest to the highest, `to` exclusive but for the last. */
  bins: z.array(z.object({ from: z.number(), to: z.number(), rows: z.number() })),
  /** Highest loss first. */
  worst: z.array(rowLossSchema),
});
export type LossReport = z.infer<typeof lossReportSchema>;
