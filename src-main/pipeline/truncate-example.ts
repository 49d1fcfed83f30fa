/** Cuts an example to the longest length that is trained. */
import { IGNORE_INDEX } from '../../src-shared/domain/labels.ts';
import type { Span } from '../../src-shared/domain/template.ts';

export type Truncation = 'right' | 'left' | 'drop' | 'prompt-first';

export interface TruncationOptions {
  readonly maxLength: number;
  readonly truncation: Truncation;
  /** Stays in front where the example begins with it. */
  readonly bosId: number | null;
}

interface Uncut {
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
}

export interface Truncated extends Uncut {
  readonly truncatedTokens: number;
  /** True where the whole example goes, by `truncation: drop`. */
  readonly dropped: boolean;
}

/** `right` keeps the first `maxLength` tokens, `left` the last, `drop` leaves the example out whole. */
export function truncateExample(example: Uncut, options: TruncationOptions): Truncated {
  const { inputIds, labels } = example;
  const over = inputIds.length - options.maxLength;
  if (over <= 0) return { inputIds, labels, truncatedTokens: 0, dropped: false };
  if (options.truncation === 'drop') return { inputIds, labels, truncatedTokens: 0, dropped: true };
  const spans = keptSpans(example, options);
  return {
    inputIds: joined(inputIds, spans),
    labels: joined(labels, spans),
    truncatedTokens: over,
    dropped: false,
  };
}

/** The tokens that stay, as spans of the uncut example in order; all of them for `drop`. */
export function keptSpans(example: Uncut, options: TruncationOptions): Span[] {
  const end = example.inputIds.length;
  const over = end - options.maxLength;
  if (over <= 0) return [{ start: 0, end }];
  switch (options.truncation) {
    case 'right':
      return [{ start: 0, end: end - over }];
    case 'left':
      return [{ start: over, end }];
    case 'drop':
      return [{ start: 0, end }];
    case 'prompt-first':
      return answersKept(example, over, options.bosId);
  }
}

/**
 * First goes what stands behind the last trained token, since nothing learns from it; then what stands in
 * front of the first one, from the left, save a leading BOS or, without one, the token that predicts the
 * first trained one; then the end. What stands between answers stays: later answers refer to it.
 *
 *     tokens [bos you are kind hi <a> yo <e> \n], trained [yo <e>], over 4  →  [bos hi <a> yo <e>]
 */
function answersKept({ inputIds, labels }: Uncut, over: number, bosId: number | null): Span[] {
  const first = labels.findIndex((label, i) => i > 0 && label !== IGNORE_INDEX);
  if (first < 0) return [{ start: 0, end: inputIds.length - over }];
  const last = labels.findLastIndex(label => label !== IGNORE_INDEX);
  const behind = Math.min(over, inputIds.length - 1 - last);
  const inFront = Math.min(over - behind, first - 1);
  const end = inputIds.length - (over - inFront);
  if (inFront === 0) return [{ start: 0, end }];
  if (inputIds[0] !== bosId) return [{ start: inFront, end }];
  return [
    { start: 0, end: 1 },
    { start: 1 + inFront, end },
  ];
}

function joined(values: Int32Array, spans: readonly Span[]): Int32Array {
  const [only] = spans;
  if (only && spans.length === 1) return values.slice(only.start, only.end);
  return Int32Array.from(spans.flatMap(({ start, end }) => [...values.subarray(start, end)]));
}
