/** What became of an import of runs. */
import { z } from 'zod';

/** The phase of its progress whose numbers are bytes. */
export const COPYING = 'copy files';

export const importReportSchema = z.object({
  imported: z.array(z.object({ id: z.string(), name: z.string(), steps: z.number() })),
  /** Runs that the history has already; they stay as they are. */
  known: z.number(),
  /** What was not read, each with its reason. */
  problems: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type ImportReport = z.infer<typeof importReportSchema>;
