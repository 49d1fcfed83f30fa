/** Which runs the history shows, and in which order. Pure. */
import type { RunStatus, RunSummary } from '../../../src-shared/domain/run.ts';

export const SORT_KEYS = [
  'status',
  'name',
  'modelName',
  'dataName',
  'masking',
  'stepsDone',
  'lastLoss',
  'durationMs',
  'createdAt',
] as const satisfies readonly (keyof RunSummary)[];
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sorting {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

export interface RunQuestion {
  /** Words in any order; each must be in the name, model, data, masking, status or id. */
  readonly text: string;
  /** Null: any. */
  readonly status: RunStatus | null;
  readonly sorting: Sorting;
}

/** Runs without a value for the key come last in both directions; equal ones newest first. */
export function findRuns(runs: readonly RunSummary[], question: RunQuestion): readonly RunSummary[] {
  const { text, status, sorting } = question;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs
    .filter(run => (status === null || run.status === status) && words.every(hasWord(run)))
    .sort((a, b) => compareRuns(a, b, sorting) || byText(b.createdAt, a.createdAt));
}

function hasWord(run: RunSummary): (word: string) => boolean {
  const { name, modelName, dataName, masking, status, id } = run;
  const text = [name, modelName, dataName, masking, status, id].join('\n').toLowerCase();
  return word => text.includes(word);
}

function compareRuns(a: RunSummary, b: RunSummary, { key, isDescending }: Sorting): number {
  const [one, other] = [a[key], b[key]];
  if (isMissing(one) || isMissing(other)) return Number(isMissing(one)) - Number(isMissing(other));
  const order =
    typeof one === 'number' && typeof other === 'number' ? one - other : byText(String(one), String(other));
  return isDescending ? -order : order;
}

function isMissing(value: string | number | null): value is null {
  return value === null || Number.isNaN(value);
}

/** By code units: a locale's order costs a hundred times as much over ten thousand runs. */
function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
