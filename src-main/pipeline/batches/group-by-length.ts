/** Orders rows so that those of a batch are about equally long, as transformers' `LengthGroupedSampler` does. */

/** Batches that are sorted together at most; more would make each epoch one slope from long to short. */
const MOST_BATCHES_TOGETHER = 50;

/**
 * Cuts `order` into groups of up to 50 batches and sorts each by falling length (rows of one length keep
 * their order); the longest row of all changes places with the first, so that running out of memory
 * shows at once. Returns the same rows.
 *
 *     lengths [1 9 5 7], order 0 1 2 3, one group  →  1 3 2 0
 */
export function groupByLength(lengths: Uint32Array, order: Uint32Array, batchSize: number): Uint32Array {
  const together = Math.max(1, Math.min(Math.floor(order.length / (batchSize * 4)), MOST_BATCHES_TOGETHER));
  const groupSize = together * batchSize;
  const lengthOf = (row: number) => lengths[row] ?? 0;
  const grouped = new Uint32Array(order.length);
  let longestAt = 0;
  for (let from = 0; from < order.length; from += groupSize) {
    const group = [...order.subarray(from, from + groupSize)];
    grouped.set(
      group.sort((a, b) => lengthOf(b) - lengthOf(a)),
      from,
    );
    if (lengthOf(grouped[from] ?? 0) > lengthOf(grouped[longestAt] ?? 0)) longestAt = from;
  }
  const first = grouped[0];
  const longest = grouped[longestAt];
  if (first !== undefined && longest !== undefined) {
    grouped[0] = longest;
    grouped[longestAt] = first;
  }
  return grouped;
}
