/** Deleted runs that are removed for good: what each takes, and what came of it. */
import { z } from 'zod';

export const erasableRunSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Of its folder in the data folder; files elsewhere, and in the trash, stay. */
  bytes: z.number(),
  files: z.number(),
});
export type ErasableRun = z.infer<typeof erasableRunSchema>;

export const eraseResultSchema = z.object({
  erased: z.array(z.string()),
  kept: z.array(z.object({ id: z.string(), name: z.string(), reason: z.string() })),
  freedBytes: z.number(),
});
export type EraseResult = z.infer<typeof eraseResultSchema>;
