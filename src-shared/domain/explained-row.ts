/** A row's tokens with the state of each and why: what the token inspector shows. */
import { z } from 'zod';

export const tokenStateSchema = z.enum(['trained', 'masked', 'cut']);
export type TokenState = z.infer<typeof tokenStateSchema>;

/** Why a token is trained, masked or cut; the page has a sentence for each. */
export const tokenReasonSchema = z.enum([
  'answer',
  'completion',
  'text',
  'ownLabel',
  'otherRole',
  'templateText',
  'earlierAnswer',
  'rowSaysNo',
  'endOff',
  'prompt',
  'outsideMarkers',
  'firstToken',
  'ownMask',
  'notLabelled',
  'cutTrained',
  'cutContext',
]);
export type TokenReason = z.infer<typeof tokenReasonSchema>;

/** Neighbouring tokens of one message that share state and reason; `to` is exclusive. */
export const tokenRunSchema = z.object({
  from: z.number(),
  to: z.number(),
  state: tokenStateSchema,
  reason: tokenReasonSchema,
  /** Index of the message that the tokens belong to; -1 where there is none. */
  message: z.number(),
  role: z.string(),
});
export type TokenRun = z.infer<typeof tokenRunSchema>;

/** By check id, the token that it speaks of: counted from 0 over the tokens of the row's `part`. */
export const checkPlacesSchema = z.record(z.string(), z.object({ part: z.number(), token: z.number() }));
export type CheckPlaces = z.infer<typeof checkPlacesSchema>;
