/** The procedures behind the Disk page. */
import { z } from 'zod';
import { cleanResultSchema, diskReportSchema } from '../domain/disk.ts';

const nothing = z.strictObject({});
const workId = z.string().min(1).max(100);

export const DISK_PROCEDURES = {
  /** Sizes of everything in the data folder, and what a clean-up may do with it. */
  'disk.show': { input: nothing, output: diskReportSchema },
  /** The models of this machine by size; finding them takes longer. */
  'disk.models': { input: nothing, output: diskReportSchema.pick({ items: true }) },
  /**
   * Looks again at each item first: what is in use meanwhile stays, and the answer says why. `workId` names the progress
   * on `work.progress`, and the work for `disk.stop`.
   */
  'disk.clean': {
    input: z.strictObject({ ids: z.array(z.string().min(1).max(4096)).min(1).max(10_000), workId }),
    output: cleanResultSchema,
  },
  /** Ends a clean-up before its next item; `disk.clean` then answers with what it did and what it left. */
  'disk.stop': { input: z.strictObject({ workId }), output: nothing },
  /** Puts something back from the trash. Errors: `disk.notInTrash`, `disk.placeTaken`. */
  'disk.restore': {
    input: z.strictObject({ trashId: z.string().regex(/^[\w.-]{1,100}$/) }),
    output: z.object({ path: z.string() }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
