/** The procedures that take over a file from a browser, part by part, into the data folder. */
import { z } from 'zod';
import { PART_BYTES } from '../domain/dropped-file.ts';

const nothing = z.strictObject({});
const id = z.string().regex(/^[0-9a-f]{32}$/);

export const DROPPED_PROCEDURES = {
  /** Begins. Errors: `dropped.unknownKind`, `dropped.noRoom`, `dropped.tooMany`, `dropped.notWritten`. */
  'dropped.begin': {
    input: z.strictObject({ name: z.string().min(1).max(1000), bytes: z.int().min(0) }),
    output: z.object({ id }),
  },
  /**
   * The next part; `at` is where it begins. Over the web host the part is the body of the request as
   * `application/octet-stream`, and the rest stands in the address. Errors: `dropped.gone`, `dropped.outOfOrder`,
   * `dropped.notWritten`.
   */
  'dropped.part': {
    input: z.strictObject({
      id,
      at: z.coerce.number().int().min(0),
      part: z.instanceof(Uint8Array).refine(part => part.length <= PART_BYTES),
    }),
    output: z.object({ received: z.number() }),
  },
  /** Keeps the whole file, under a name that was free. Errors: `dropped.gone`, `dropped.notWhole`, `dropped.notWritten`. */
  'dropped.keep': { input: z.strictObject({ id }), output: z.object({ path: z.string() }) },
  /** Forgets what has been taken over so far. */
  'dropped.abandon': { input: z.strictObject({ id }), output: nothing },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
