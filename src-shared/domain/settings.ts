/** Choices that hold for a whole data folder. */
import { z } from 'zod';

export const settingsSchema = z.object({
  /** Prepared datasets beyond it go, least recently used first; null: no limit. */
  cacheLimitBytes: z.number().int().positive().nullable().default(null),
});
export type Settings = z.infer<typeof settingsSchema>;
