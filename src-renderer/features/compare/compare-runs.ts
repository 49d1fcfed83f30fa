/** What several runs have in common and where they differ: settings, outcomes and curves. Pure. */
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import type { RunMetrics } from '../../../src-shared/domain/run-metrics.ts';
import type { Axis, PlotPoints } from '../../plots/plot-data.ts';
import { NO_MEANS, smoothedLoss, valueBetween } from '../../plots/smoothed-loss.ts';

export interface SettingRow {
  /** The recipe's dotted key. */
  readonly key: string;
  /** One per run, as JSON; null where a run has no such key. */
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

/** Every key of the recipes, sorted. A list is one value. The runs' own names are not compared. */
export function compareSettings(recipes: readonly Readonly<Record<string, unknown>>[]): SettingRow[] {
  const flat = recipes.map(recipe => new Map(leaves(recipe, '')));
  const keys = new Set(flat.flatMap(values => [...values.keys()]));
  keys.delete('name');
  return [...keys].sort().map(key => {
    const values = flat.map(settings => settings.get(key) ?? null);
    return { key, values, differs: new Set(values).size > 1 };
  });
}

function leaves(value: unknown, key: string): [key: string, value: string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [[key, typeof value === 'string' ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([name, part]) => leaves(part, key === '' ? name : `${key}.${name}`));
}

/** A run and the part of its loss curve that is shown. */
export interface ComparedRun extends RunDetails {
  readonly curve: RunMetrics;
}

export const OUTCOMES = [
  'bestEvaluation',
  'lastLoss',
  'stepsDone',
  'durationMs',
  'memoryBytes',
  'kept',
  'trainedTokens',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is better when it is lower. Of the others none is better. */
const LOWER_IS_BETTER: ReadonlySet<Outcome> = new Set([
  'bestEvaluation',
  'lastLoss',
  'durationMs',
  'memoryBytes',
]);

/** Null: not measured. `trainedTokens` counts what the steps done learned from, so an epoch counts twice in two. */
export function outcomeOf(run: RunDetails, outcome: Outcome): number | null {
  const last = run.lastSteps.at(-1);
  switch (outcome) {
    case 'bestEvaluation':
      return run.evaluations.length === 0 ? null : Math.min(...run.evaluations.map(({ loss }) => loss));
    case 'lastLoss':
      return last?.loss ?? null;
    case 'stepsDone':
      return last?.step ?? 0;
    case 'durationMs':
      return last?.elapsedMs ?? null;
    case 'memoryBytes':
      return run.memoryBytes;
    case 'kept':
      return run.preflight.totals.kept;
    default:
      return run.trainedTokens;
  }
}

/** Which of the values are the better ones; none where all measured ones are equal. */
export function betterOnes(outcome: Outcome, values: readonly (number | null)[]): readonly boolean[] {
  const known = values.filter(value => value !== null && Number.isFinite(value)) as number[];
  const best = Math.min(...known);
  const isContest = LOWER_IS_BETTER.has(outcome) && known.some(value => value !== best);
  return values.map(value => isContest && value === best);
}

export type Measure = 'evaluation' | 'loss';

/** Evaluations as they are, losses smoothed; at steps, seconds since the start, or tokens read so far. */
export function curveOf(run: ComparedRun, measure: Measure, axis: Axis, smoothing: number): PlotPoints {
  const { steps, means } = run.curve;
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
    const loss = Float64Array.from(steps.loss);
    // Without smoothing every extreme is drawn; means would hide them.
    const { x, y } = smoothedLoss({ step, loss }, smoothing === 0 ? NO_MEANS : means, smoothing);
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
