/** Runs that wait for the device, in the order in which they will start. */
import { z } from 'zod';
import { runErrorSchema } from './training.ts';

export const queueItemSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** ISO date and time. */
  addedAt: z.string(),
  /** `blocked` was refused at its start: it stays with the reason and lets those behind it pass. */
  status: z.enum(['waiting', 'starting', 'blocked']),
  error: runErrorSchema.nullable(),
});
export type QueueItem = z.infer<typeof queueItemSchema>;
