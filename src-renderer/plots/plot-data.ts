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

/** Of each series; more than a screen has columns. */
export const MAX_POINTS = 4_000;

/**
 * Brings series with places of their own onto one axis:
 *
 *     [1 2 3] and [2 9]  →  x [1 2 3 9], series [a b c undefined], [undefined d undefined e]
 */
export function plotData(lines: readonly PlotPoints[], zoom: Zoom | null): PlotData {
  const drawn = lines.map(line => drawnPoints(line, zoom));
  const x = allPlaces(drawn);
  return { x, series: drawn.map(points => alignedTo(x, points)) };
}

function drawnPoints({ x, y }: PlotPoints, zoom: Zoom | null): PlotPoints {
  const { from, to } = visibleRows(x, zoom);
  if (to - from <= MAX_POINTS) return { x: x.subarray(from, to), y: y.subarray(from, to) };
  const rows = decimateMinMax(y, from, to, MAX_POINTS);
  return {
    x: Float64Array.from(rows, row => x[row] ?? 0),
    y: Float64Array.from(rows, row => y[row] ?? Number.NaN),
  };
}

/** Where any of them has a point, ascending, each once. */
function allPlaces(drawn: readonly PlotPoints[]): number[] {
  const all = new Float64Array(drawn.reduce((sum, { x }) => sum + x.length, 0));
  let filled = 0;
  for (const { x } of drawn) {
    all.set(x, filled);
    filled += x.length;
  }
  return [...all.sort().filter((at, i) => at !== all[i - 1])];
}

function alignedTo(places: readonly number[], { x, y }: PlotPoints): Aligned {
  let next = 0;
  return places.map(at => {
    if (x[next] !== at) return undefined;
    while (x[next + 1] === at) next++;
    const value = y[next++] ?? Number.NaN;
    return Number.isFinite(value) ? value : null;
  });
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
