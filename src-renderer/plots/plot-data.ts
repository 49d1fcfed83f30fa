/** What a plot draws: the visible part of any number of series, each thinned out, on one axis. Pure. */
import { decimateMinMax } from './decimation.ts';

export type Axis = 'step' | 'time' | 'tokens';

/** A part of the horizontal axis, in its unit: steps, seconds or tokens. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

/** Points in ascending order of `x`; a `y` that is not finite is a gap. Both of one length. */
export interface PlotPoints {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Null is a gap; undefined says that another series has a point here, and breaks no line. */
type Aligned = readonly (number | null | undefined)[];

export interface PlotData {
  readonly x: readonly number[];
  readonly series: readonly Aligned[];
}

/** Of each series of a plot as wide as the page: two for each column of a screen. */
export const MAX_POINTS = 2_500;

/**
 * Brings series with places of their own onto one axis:
 *
 *     [1 2 3] and [2 9]  →  x [1 2 3 9], series [a b c undefined], [undefined d undefined e]
 */
export function plotData(
  lines: readonly PlotPoints[],
  zoom: Zoom | null,
  maxPoints: number = MAX_POINTS,
): PlotData {
  const drawn = lines.map(line => drawnPoints(line, zoom, maxPoints));
  const x = drawn.reduce<readonly number[]>((places, line) => mergePlaces(places, line.x), []);
  return { x, series: drawn.map(points => alignedTo(x, points)) };
}

function drawnPoints({ x, y }: PlotPoints, zoom: Zoom | null, maxPoints: number): PlotPoints {
  const { from, to } = visibleRows(x, zoom);
  if (to - from <= maxPoints) return { x: x.subarray(from, to), y: y.subarray(from, to) };
  const rows = decimateMinMax(y, from, to, maxPoints);
  return {
    x: Float64Array.from(rows, row => x[row] ?? 0),
    y: Float64Array.from(rows, row => y[row] ?? Number.NaN),
  };
}

/** Both ascending; in the result each place stands once. */
function mergePlaces(places: readonly number[], more: Float64Array): readonly number[] {
  const merged: number[] = [];
  let [i, k] = [0, 0];
  while (i < places.length || k < more.length) {
    const [place = Number.POSITIVE_INFINITY, other = Number.POSITIVE_INFINITY] = [places[i], more[k]];
    const next = place < other ? place : other;
    merged.push(next);
    while (places[i] === next) i++;
    while (more[k] === next) k++;
  }
  return merged;
}

function alignedTo(places: readonly number[], { x, y }: PlotPoints): Aligned {
  const values: (number | null | undefined)[] = [];
  let next = 0;
  for (const place of places) {
    if (x[next] !== place) {
      values.push(undefined);
      continue;
    }
    while (x[next + 1] === place) next++;
    const value = y[next++] ?? Number.NaN;
    values.push(Number.isFinite(value) ? value : null);
  }
  return values;
}

/** Rows to draw, with one more on each side so that lines run to the border. */
export function visibleRows(
  x: Float64Array,
  zoom: Zoom | null,
): { readonly from: number; readonly to: number } {
  if (!zoom) return { from: 0, to: x.length };
  return {
    from: Math.max(0, lastIndexAtMost(x, zoom.from)),
    to: Math.min(x.length, lastIndexAtMost(x, zoom.to) + 2),
  };
}

/** The index of the last entry that is at most `value`; -1 where there is none. */
export function lastIndexAtMost(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The index of the entry that is nearest to `value`; -1 where there are none. */
export function nearestIndex(values: Float64Array, value: number): number {
  const below = lastIndexAtMost(values, value);
  const above = Math.min(below + 1, values.length - 1);
  if (below < 0) return above;
  return (values[above] ?? 0) - value < value - (values[below] ?? 0) ? above : below;
}
