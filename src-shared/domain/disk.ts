/** What takes space on the disk, what may be cleaned up, and why each thing may go or stays. */
import { z } from 'zod';

export const diskKindSchema = z.enum([
  'model',
  'prepared',
  'run',
  'checkpoint',
  'dropped',
  'template',
  'history',
  'backup',
  'leftover',
  'trash',
  'other',
]);
export type DiskKind = z.infer<typeof diskKindSchema>;

/** `delete`: gone for good, because it can be made again or nothing needs it. `trash`: can be restored. */
export const cleanUpSchema = z.enum(['delete', 'trash', 'keep']);

export const diskItemSchema = z.object({
  /** Names the item in calls: its path below the data folder with `/`; of a model, its whole path. */
  id: z.string(),
  kind: diskKindSchema,
  name: z.string(),
  path: z.string(),
  bytes: z.number(),
  files: z.number(),
  /** ISO 8601, UTC: when it was last written or, for prepared datasets, last used. */
  usedAt: z.string().nullable(),
  cleanUp: cleanUpSchema,
  /** Part of a clean-up that names nothing itself. */
  isProposed: z.boolean(),
  /** Why it is safe to go, or why it stays. */
  reason: z.string(),
});
export type DiskItem = z.infer<typeof diskItemSchema>;

export const diskReportSchema = z.object({
  home: z.string(),
  freeBytes: z.number().nullable(),
  cacheLimitBytes: z.number().nullable(),
  items: z.array(diskItemSchema),
  /** What could not be looked at: no rights, or a link that leads out of the data folder. */
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type DiskReport = z.infer<typeof diskReportSchema>;

export const cleanResultSchema = z.object({
  removed: z.array(
    z.object({
      id: z.string(),
      bytes: z.number(),
      /** Names it in the trash; null where it is gone for good. */
      trashId: z.string().nullable(),
    }),
  ),
  /** Asked for and left alone, with the reason. */
  kept: z.array(z.object({ id: z.string(), reason: z.string() })),
  freedBytes: z.number(),
});
export type CleanResult = z.infer<typeof cleanResultSchema>;
