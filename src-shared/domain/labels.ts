/**
 * Token ids and their labels, as Hugging Face trainers use them.
 *
 *     tokens [<user> hi <asst> yo <end>]  →  labels [-100 -100 -100 yo <end>]
 */
import type { Finding, RowPlace } from './conversation.ts';
import type { SpanMethod } from './template.ts';

/** The label of a token that is not trained; PyTorch's `cross_entropy` ignores this index. */
export const IGNORE_INDEX = -100;

/** Why an example is not trained on. Reasons are counted: kept + Σ dropped = examples. */
export type DropReason =
  | 'invalid'
  | 'templateRefused'
  | 'spansUnproven'
  | 'noAssistant'
  | 'noTrainableTokens'
  | 'truncated'
  | 'duplicate';

export const DROP_REASONS = [
  'invalid',
  'templateRefused',
  'spansUnproven',
  'noAssistant',
  'noTrainableTokens',
  'truncated',
  'duplicate',
] as const satisfies readonly DropReason[];

export const SPAN_METHODS = [
  'none',
  'tags',
  'sentinels',
  'markers',
  'offsets',
] as const satisfies readonly SpanMethod[];

/**
 * What was marked to prove where the spans of a row are: everything, or step by step less, where marking
 * all of it changes what the template prints.
 */
export type ProofStep = 'all' | 'messages' | 'contents' | 'one-by-one' | 'tags-only' | 'none';

/** What an example was before `maxLength` cut it, so that other limits can be computed without labelling again. */
export interface LabelTrace {
  readonly uncutTokens: number;
  /** Labels at index 1 and above. */
  readonly uncutTrainable: number;
  /** Index of the first and the last of them; -1 where there is none. */
  readonly firstTrained: number;
  readonly lastTrained: number;
  /** Null where no conversation was rendered. */
  readonly proof: ProofStep | null;
  /** What is wrong with an invalid row, as the import names it; null for every other row. */
  readonly code: string | null;
}

/** One example as the trainer will see it, after masking and truncation. */
export interface LabelledExample extends RowPlace {
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
  readonly dropped: DropReason | null;
  /** Tokens that `maxLength` cut off. */
  readonly truncatedTokens: number;
  readonly method: SpanMethod;
  /** Why the row was dropped, in words; empty where it was kept. */
  readonly problem: string;
  readonly findings: readonly Finding[];
  /** Null where the example was read back from a prepared dataset. */
  readonly trace: LabelTrace | null;
}

/**
 * Counts the tokens that add to the loss: labels other than -100 at index 1 and above. A label at
 * index 0 has no token before it to be predicted from, so no model ever uses it.
 */
export function countTrainableTokens(labels: Int32Array): number {
  let count = 0;
  for (let i = 1; i < labels.length; i++) {
    if (labels[i] !== IGNORE_INDEX) count++;
  }
  return count;
}
