/** Runs grouped by one setting, to see what it does: a sweep. Pure. */
import type { RunDetails } from '../domain/run.ts';
import { compareSettings, outcomeOf } from './compare-runs.ts';

export interface SweepGroup<R> {
  /** The setting's value as JSON; null where a run has no such key. */
  readonly value: string | null;
  /** In their order. */
  readonly runs: readonly R[];
  /** Of the lowest evaluation loss of each run; null where none was evaluated. */
  readonly bestEvaluation: Summary | null;
  /** Of the training loss at the end of each run. */
  readonly lastLoss: Summary | null;
}

export interface Summary {
  readonly lowest: number;
  readonly mean: number;
}

/**
 * Groups in ascending order where all values are numbers, else in the order of the texts:
 *
 *     ranks 16, 8, 16  →  8: one run, 16: two runs
 */
export function sweepBy<R extends RunDetails>(runs: readonly R[], key: string): readonly SweepGroup<R>[] {
  const row = compareSettings(runs.map(({ recipe }) => recipe)).find(setting => setting.key === key);
  const members = new Map<string | null, R[]>();
  for (const [place, run] of runs.entries()) {
    const value = row?.values[place] ?? null;
    members.set(value, [...(members.get(value) ?? []), run]);
  }
  return [...members.entries()]
    .sort(([a], [b]) => ascending(a, b))
    .map(([value, group]) => ({
      value,
      runs: group,
      bestEvaluation: summaryOf(group.map(run => outcomeOf(run, 'bestEvaluation'))),
      lastLoss: summaryOf(group.map(run => outcomeOf(run, 'lastLoss'))),
    }));
}

/** Nothing comes first, then numbers by their size, then texts. */
function ascending(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  const [one, other] = [Number(a), Number(b)];
  if (Number.isFinite(one) && Number.isFinite(other)) return one - other;
  return a < b ? -1 : a > b ? 1 : 0;
}

function summaryOf(values: readonly (number | null)[]): Summary | null {
  const known = values.filter(value => value !== null && Number.isFinite(value)) as number[];
  if (known.length === 0) return null;
  return {
    lowest: Math.min(...known),
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
  };
}
