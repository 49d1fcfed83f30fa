/** What the plots draw: the visible part of a run's series, thinned out, on the chosen axis. Pure. */
import type { Evaluation } from '../../../src-shared/domain/training.ts';
import { decimateMinMax } from './decimation.ts';
import { column, lastIndexAtMost, type StepColumns, type StepField } from './step-columns.ts';

export type Axis = 'step' | 'time' | 'tokens';

/** A part of the horizontal axis, in its unit: steps, seconds or tokens. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

/** Gaps are null, as uPlot wants them. */
type Series = readonly (number | null)[];

export interface PlotData {
  readonly x: readonly number[];
  readonly series: readonly Series[];
}

export const MAX_POINTS = 4_000;

/** Ascending: step numbers, seconds since the start, or tokens read so far. */
export function axisValues(steps: StepColumns, axis: Axis): Float64Array {
  if (axis === 'step') return column(steps, 'step');
  if (axis === 'time') return column(steps, 'elapsedMs').map(elapsedMs => elapsedMs / 1000);
  let total = 0;
  return column(steps, 'tokens').map(tokens => {
    total += tokens;
    return total;
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

/** Series: each step's loss, the smoothed loss, the evaluations at their steps. */
export function lossPlotData(
  steps: StepColumns,
  x: Float64Array,
  smoothed: Float64Array,
  evaluations: readonly Evaluation[],
  zoom: Zoom | null,
): PlotData {
  const { from, to } = visibleRows(x, zoom);
  const loss = column(steps, 'loss');
  const evaluationRows = evaluations.map(({ step }) => lastIndexAtMost(column(steps, 'step'), step));
  const inView = evaluationRows.filter(row => row >= from && row < to);
  const rows = [...new Set([...decimateMinMax(loss, from, to, MAX_POINTS), ...inView])].sort((a, b) => a - b);
  const lossOfRow = new Map(evaluationRows.map((row, i) => [row, evaluations[i]?.loss ?? null]));
  return {
    x: rows.map(row => x[row] ?? 0),
    series: [pick(loss, rows), pick(smoothed, rows), rows.map(row => lossOfRow.get(row) ?? null)],
  };
}

export function fieldPlotData(
  steps: StepColumns,
  x: Float64Array,
  field: StepField,
  zoom: Zoom | null,
): PlotData {
  const { from, to } = visibleRows(x, zoom);
  const values = column(steps, field);
  const rows = [...decimateMinMax(values, from, to, MAX_POINTS)];
  return { x: rows.map(row => x[row] ?? 0), series: [pick(values, rows)] };
}

/** The whole axis: steps reach at least to the planned end, time and tokens to their last point. */
export function fullRange(x: Float64Array, axis: Axis, plannedSteps: number): Zoom {
  const last = x[x.length - 1] ?? 0;
  if (axis === 'step') return { from: Math.min(1, last), to: Math.max(last, plannedSteps, 2) };
  return { from: 0, to: Math.max(last, 1) };
}

function pick(values: Float64Array, rows: readonly number[]): Series {
  return rows.map(row => {
    const value = values[row];
    return value !== undefined && Number.isFinite(value) ? value : null;
  });
}
