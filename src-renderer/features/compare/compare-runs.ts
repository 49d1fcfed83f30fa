/** The curves of several runs on one axis, as they are or relative to one of them. Pure. */
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import type { RunMetrics } from '../../../src-shared/domain/run-metrics.ts';
import type { Axis, PlotPoints } from '../../plots/plot-data.ts';
import { smoothedLoss, valueBetween } from '../../plots/smoothed-loss.ts';

/** A run and the part of its loss curve that is shown. */
export interface ComparedRun extends RunDetails {
  readonly curve: RunMetrics;
}

export type Measure = 'evaluation' | 'loss';

/** Evaluations as they are, losses smoothed; at steps, seconds since the start, or tokens read so far. */
export function curveOf(run: ComparedRun, measure: Measure, axis: Axis, smoothing: number): PlotPoints {
  const { steps, extremes, means } = run.curve;
  const step = Float64Array.from(steps.step);
  const places = Float64Array.from(
    {
      step: steps.step,
      time: steps.elapsedMs.map(ms => ms / 1000),
      tokens: steps.tokensTotal,
    }[axis],
  );
  const placeOf = (at: number) => valueBetween({ x: step, y: places }, at);
  if (measure === 'loss') {
    // Without smoothing every extreme is drawn; means would hide them.
    if (smoothing === 0 && extremes.loss) {
      const { step: at, value } = extremes.loss;
      return { x: Float64Array.from(at, placeOf), y: Float64Array.from(value) };
    }
    const { x, y } = smoothedLoss({ step, loss: Float64Array.from(steps.loss) }, means, smoothing);
    return { x: x.map(placeOf), y };
  }
  const placed = run.evaluations.filter(evaluation => Number.isFinite(placeOf(evaluation.step)));
  return {
    x: Float64Array.from(placed, evaluation => placeOf(evaluation.step)),
    y: Float64Array.from(placed, ({ loss }) => loss),
  };
}

/**
 * The curve minus the baseline, which is drawn straight between its points; gaps where it has none.
 *
 *     curve (1, 5) (2, 5) (9, 5), baseline (1, 4) (3, 2)  →  (1, 1) (2, 2) (9, NaN)
 */
export function relativeTo(curve: PlotPoints, baseline: PlotPoints): PlotPoints {
  let at = 0;
  const y = curve.y.map((value, i) => {
    const x = curve.x[i] ?? Number.NaN;
    while (at + 1 < baseline.x.length && (baseline.x[at + 1] ?? 0) <= x) at++;
    return value - valueAt(baseline, at, x);
  });
  return { x: curve.x, y };
}

function valueAt({ x, y }: PlotPoints, at: number, place: number): number {
  const [from, low] = [x[at] ?? Number.NaN, y[at] ?? Number.NaN];
  if (place === from) return low;
  const [to, high] = [x[at + 1] ?? Number.NaN, y[at + 1] ?? Number.NaN];
  return place > from ? low + ((high - low) * (place - from)) / (to - from) : Number.NaN;
}
