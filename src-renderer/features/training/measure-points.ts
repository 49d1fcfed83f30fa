/** What a plot draws of a measure: its extremes as far as only those are known, then every step. */
import { useMemo } from 'react';
import type { MetricMeasure } from '../../../src-shared/domain/run-metrics.ts';
import { lastIndexAtMost, type PlotPoints } from '../../plots/plot-data.ts';
import { column } from './step-columns.ts';
import type { ShownPart } from './use-shown-part.ts';

/** Points with the step of each. */
export interface MeasurePoints extends PlotPoints {
  readonly step: Float64Array;
}

/** A part of a run on the horizontal axis. */
export interface DrawnPart {
  readonly part: ShownPart;
  /** The places of the part's steps. */
  readonly x: Float64Array;
  /** Where any step of the part stands, also one that is not given. */
  readonly placeOf: (step: number) => number;
}

/** Steps 1, 64, 65 and extremes at 1, 17, 64 make points at 1, 17, 64, 65. */
export function measurePoints(
  { part: { steps, extremes }, x, placeOf }: DrawnPart,
  measure: MetricMeasure,
): MeasurePoints {
  const step = column(steps, 'step');
  const values = column(steps, measure);
  const known = extremes[measure];
  if (known === undefined) return { step, x, y: values };
  const behind = lastIndexAtMost(step, known.step.at(-1) ?? 0) + 1;
  return {
    step: joined(known.step, step.subarray(behind)),
    x: joined(known.step.map(placeOf), x.subarray(behind)),
    y: joined(known.value, values.subarray(behind)),
  };
}

function joined(first: readonly number[], second: Float64Array): Float64Array {
  const whole = new Float64Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** The same points as long as nothing has changed. */
export function useMeasurePoints({ part, x, placeOf }: DrawnPart, measure: MetricMeasure): MeasurePoints {
  return useMemo(() => measurePoints({ part, x, placeOf }, measure), [part, x, placeOf, measure]);
}
