/** A vertical range that a few extreme values cannot stretch, and what lies outside of it. Pure. */
import type { PlotData } from './plot-data.ts';

export interface Clip {
  readonly low: number;
  readonly high: number;
  /** Drawn points outside. */
  readonly hidden: number;
  /** The one that is farthest away. */
  readonly farthest: { readonly at: number; readonly value: number };
}

/** This share of the values at each end does not decide the range. */
const TAIL = 0.02;
/** The room around the rest, as a share of its height. */
const ROOM = 0.5;
const FEWEST_VALUES = 20;

/** Null where nothing would be hidden, or where there are too few points to call any of them an outlier. */
export function clipOutliers({ x, series }: PlotData): Clip | null {
  const values = series.flat().filter(value => typeof value === 'number');
  if (values.length < FEWEST_VALUES) return null;
  values.sort((a, b) => a - b);
  const lower = values[Math.floor(values.length * TAIL)] ?? 0;
  const upper = values[Math.ceil(values.length * (1 - TAIL)) - 1] ?? 0;
  const room = (upper - lower || Math.abs(upper) || 1) * ROOM;
  const low = Math.max(lower - room, values[0] ?? 0);
  const high = Math.min(upper + room, values.at(-1) ?? 0);
  let hidden = 0;
  let farthest: Clip['farthest'] | null = null;
  let distance = 0;
  for (const line of series) {
    for (const [place, value] of line.entries()) {
      if (typeof value !== 'number' || (value >= low && value <= high)) continue;
      hidden++;
      const away = value > high ? value - high : low - value;
      if (away <= distance) continue;
      distance = away;
      farthest = { at: x[place] ?? 0, value };
    }
  }
  return farthest === null ? null : { low, high, hidden, farthest };
}
