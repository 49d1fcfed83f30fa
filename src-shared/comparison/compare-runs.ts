/** What several runs have in common and where they differ: settings and outcomes. Pure. */
import type { RunDetails } from '../domain/run.ts';

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

export const OUTCOMES = [
  'bestEvaluation',
  'lastLoss',
  'stepsDone',
  'durationMs',
  'memoryBytes',
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
