/** Cuts an example to the longest length that is trained. */

export type Truncation = 'right' | 'left' | 'drop';

export interface Truncated {
  readonly inputIds: Int32Array;
  readonly labels: Int32Array;
  readonly truncatedTokens: number;
  /** True where the whole example goes, by `truncation: drop`. */
  readonly dropped: boolean;
}

/** `right` keeps the first `maxLength` tokens, `left` the last, `drop` leaves the example out whole. */
export function truncateExample(
  inputIds: Int32Array,
  labels: Int32Array,
  maxLength: number,
  truncation: Truncation,
): Truncated {
  const over = inputIds.length - maxLength;
  if (over <= 0) return { inputIds, labels, truncatedTokens: 0, dropped: false };
  if (truncation === 'drop') return { inputIds, labels, truncatedTokens: 0, dropped: true };
  const start = truncation === 'left' ? over : 0;
  return {
    inputIds: inputIds.slice(start, start + maxLength),
    labels: labels.slice(start, start + maxLength),
    truncatedTokens: over,
    dropped: false,
  };
}
