/** A run's steps as columns of numbers: compact, and appended to without copying what is there. */
import { STEP_COLUMNS, type StepSeries } from '../../../src-shared/domain/run-metrics.ts';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import { lastIndexAtMost } from '../../plots/plot-data.ts';

export type StepField = keyof StepSeries;

const METRIC_FIELDS = STEP_COLUMNS.filter(field => field !== 'trainedTotal' && field !== 'tokensTotal');

/**
 * A readonly view of the first `length` rows, in ascending order of `step`. Like a Go slice, a newer view
 * may share its buffers: rows below an older view's `length` never change under it.
 */
export interface StepColumns {
  readonly length: number;
  readonly buffers: Readonly<Record<StepField, Float64Array>>;
}

export const NO_STEPS: StepColumns = { length: 0, buffers: allocate(0) };

/** What the backend gave: all steps of a part, or those that a curve needs. */
export function stepsOf(series: StepSeries): StepColumns {
  const columns = STEP_COLUMNS.map(field => [field, Float64Array.from(series[field])] as const);
  return { length: series.step.length, buffers: Object.fromEntries(columns) as StepColumns['buffers'] };
}

/**
 * Adds rows, or replaces those whose step is there already, as a resumed run does:
 *
 *     steps [1 2 3] + rows [3' 4]  →  [1 2 3' 4]
 *
 * The running totals go on from the row before. Appending writes into spare room behind the view, so only the newest view may be extended.
 */
export function mergeSteps(columns: StepColumns, rows: readonly StepMetric[]): StepColumns {
  if (rows.length === 0) return columns;
  const lastStep = lastValue(columns, 'step') ?? Number.NEGATIVE_INFINITY;
  const isAscending = rows.every((row, i) => row.step > (rows[i - 1]?.step ?? lastStep));
  return isAscending ? append(columns, rows) : mergeSorted(columns, rows);
}

export function column(columns: StepColumns, field: StepField): Float64Array {
  return columns.buffers[field].subarray(0, columns.length);
}

export function lastValue(columns: StepColumns, field: StepField): number | undefined {
  return columns.buffers[field][columns.length - 1];
}

export function rowAt(columns: StepColumns, index: number): StepMetric {
  const row = {} as Record<keyof StepMetric, number>;
  for (const field of METRIC_FIELDS) row[field] = columns.buffers[field][index] ?? Number.NaN;
  return row;
}

export function lossOf(columns: StepColumns): { readonly step: Float64Array; readonly loss: Float64Array } {
  return { step: column(columns, 'step'), loss: column(columns, 'loss') };
}

/** The rows behind a step. */
export function rowsBehind(columns: StepColumns, step: number): StepMetric[] {
  const first = lastIndexAtMost(column(columns, 'step'), step) + 1;
  return Array.from({ length: columns.length - first }, (_, i) => rowAt(columns, first + i));
}

function append(columns: StepColumns, rows: readonly StepMetric[]): StepColumns {
  const length = columns.length + rows.length;
  const room = columns.buffers.step.length;
  const buffers = length <= room ? columns.buffers : grow(columns, Math.max(length, room * 2, 256));
  let place = columns.length;
  for (const row of rows) {
    for (const field of METRIC_FIELDS) buffers[field][place] = row[field];
    buffers.trainedTotal[place] = (buffers.trainedTotal[place - 1] ?? 0) + row.trainableTokens;
    buffers.tokensTotal[place] = (buffers.tokensTotal[place - 1] ?? 0) + row.tokens;
    place++;
  }
  return { length, buffers };
}

/** Rebuilds only what lies behind the first step that the rows touch. */
function mergeSorted(columns: StepColumns, rows: readonly StepMetric[]): StepColumns {
  const firstStep = Math.min(...rows.map(row => row.step));
  const untouched = lastIndexAtMost(column(columns, 'step'), firstStep - 1) + 1;
  const byStep = new Map<number, StepMetric>();
  for (let i = untouched; i < columns.length; i++) {
    const row = rowAt(columns, i);
    byStep.set(row.step, row);
  }
  for (const row of rows) byStep.set(row.step, row);
  const head = { length: untouched, buffers: columns.buffers };
  const tail = [...byStep.values()].sort((a, b) => a.step - b.step);
  return append({ length: untouched, buffers: grow(head, untouched + tail.length) }, tail);
}

function grow(columns: StepColumns, room: number): Record<StepField, Float64Array> {
  const buffers = allocate(room);
  for (const field of STEP_COLUMNS) buffers[field].set(column(columns, field));
  return buffers;
}

function allocate(room: number): Record<StepField, Float64Array> {
  return Object.fromEntries(STEP_COLUMNS.map(field => [field, new Float64Array(room)])) as Record<
    StepField,
    Float64Array
  >;
}
