/** Exponential smoothing of a noisy series, without the pull to zero at its start. */

/**
 * Exponential moving average with Adam's bias correction (Kingma & Ba 2015, algorithm 1; TensorBoard
 * smooths in the same way). `weight` from 0 (no smoothing) to below 1. Values that are not finite neither
 * count nor spoil what follows; they come out as NaN. A value with a count of n stands for n equal ones.
 *
 *     weight 0.5, values [2 4]  →  [2, (0.25·2 + 0.5·4) / 0.75] = [2, 3.33…]
 */
export function smoothSeries(values: Float64Array, weight: number, counts?: readonly number[]): Float64Array {
  const smoothed = new Float64Array(values.length);
  let average = 0;
  let unseen = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      smoothed[i] = Number.NaN;
      continue;
    }
    const kept = counts === undefined ? weight : weight ** (counts[i] ?? 1);
    average = kept * average + (1 - kept) * value;
    unseen *= kept;
    smoothed[i] = average / (1 - unseen);
  }
  return smoothed;
}
