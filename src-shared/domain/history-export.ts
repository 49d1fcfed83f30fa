/** The history as files for other programs. */
import { z } from 'zod';

export const HISTORY_FORMATS = ['csv', 'json', 'parquet', 'tensorboard'] as const;
export const historyFormatSchema = z.enum(HISTORY_FORMATS);
export type HistoryFormat = z.infer<typeof historyFormatSchema>;

export const historyExportReportSchema = z.object({
  runs: z.number(),
  /** That was made; the files are in it. */
  folder: z.string(),
  files: z.array(z.object({ path: z.string(), rows: z.number(), bytes: z.number() })).readonly(),
});
export type HistoryExportReport = z.infer<typeof historyExportReportSchema>;
