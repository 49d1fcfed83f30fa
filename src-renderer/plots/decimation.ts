/** Thins out a long series for drawing such that no extreme value is lost. */

/**
 * The indices to draw of `values[from..to)`, ascending: both ends, and of each bucket of neighbours the
 * smallest and the largest value. A spike of a single step is always among them. Values that are not
 * finite are left out, except at the ends. Returns at most `maxPoints` (at least 4) indices.
 *
 *     values [5 1 9 4 4 4], maxPoints 4  →  one bucket between the ends  →  [0 1 2 5]
 */
export function decimateMinMax(
  values: Float64Array,
  from: number,
  to: number,
  maxPoints: number,
): Uint32Array {
  if (to - from <= maxPoints) return Uint32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const bucketCount = Math.max(1, Math.floor((maxPoints - 2) / 2));
  const inner = to - from - 2;
  const kept = new Uint32Array(bucketCount * 2 + 2);
  let count = 0;
  kept[count++] = from;
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const start = from + 1 + Math.floor((bucket * inner) / bucketCount);
    const end = from + 1 + Math.floor(((bucket + 1) * inner) / bucketCount);
    const { lowest, highest } = extremes(values, start, end);
    if (lowest === -1) continue;
    kept[count++] = Math.min(lowest, highest);
    if (lowest !== highest) kept[count++] = Math.max(lowest, highest);
  }
  kept[count++] = to - 1;
  return kept.subarray(0, count);
}

function extremes(values: Float64Array, start: number, end: number): { lowest: number; highest: number } {
  let lowest = -1;
  let highest = -1;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    if (value < minimum) {
      minimum = value;
      lowest = i;
    }
    if (value > maximum) {
      maximum = value;
      highest = i;
    }
  }
  return { lowest, highest };
}
