/** The procedures behind the queue of runs. All but `queue.list` and `queue.add` fail with `queue.notFound`. */
import { z } from 'zod';
import { queueItemSchema } from '../domain/queue.ts';
import { recipeSourceSchema } from './recipe-source.ts';

const nothing = z.strictObject({});
const itemId = z.strictObject({ id: z.string().min(1).max(100) });

export const QUEUE_PROCEDURES = {
  /** In the order in which they start. `elsewhere`: the run of another process that they wait for. */
  'queue.list': {
    input: nothing,
    output: z.object({ items: z.array(queueItemSchema), elsewhere: z.string().nullable() }),
  },
  /** Keeps the recipe as it is now, and starts it when the device is free; preflight runs again then. */
  'queue.add': { input: recipeSourceSchema, output: itemId },
  'queue.move': {
    input: z.strictObject({ ...itemId.shape, to: z.enum(['up', 'down']) }),
    output: nothing,
  },
  /** To the front, and tried again where it was blocked: it starts as soon as the device is free. */
  'queue.startNow': { input: itemId, output: nothing },
  /** Cancels its preparation where that has begun. */
  'queue.remove': { input: itemId, output: nothing },
  /** Takes back `queue.remove`. */
  'queue.restore': { input: itemId, output: nothing },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export const QUEUE_STREAMS = {
  /** Tells that the queue is no longer what it was, whichever process changed it. */
  'queue.changed': { input: nothing, event: nothing },
} as const satisfies Record<string, { input: z.ZodType; event: z.ZodType }>;
