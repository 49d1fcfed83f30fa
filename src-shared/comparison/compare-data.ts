/** What runs were trained on, side by side: files, rows and tokens. Pure. */
import type { RunDetails } from '../domain/run.ts';

export const DATA_FACTS = [
  'data',
  'rows',
  'kept',
  'dropped',
  'truncated',
  'tokens',
  'trainable',
  'longest',
] as const;
export type DataFact = (typeof DATA_FACTS)[number];

export interface DataRow {
  readonly fact: DataFact;
  /** One per run; a text is a name. */
  readonly values: readonly (string | number)[];
  readonly differs: boolean;
}

/** `rows` are examples before any is dropped; tokens and lengths are of those that are kept, once each. */
export function compareData(runs: readonly Pick<RunDetails, 'dataName' | 'preflight'>[]): DataRow[] {
  return DATA_FACTS.map(fact => {
    const values = runs.map(run => factOf(run, fact));
    return { fact, values, differs: new Set(values).size > 1 };
  });
}

function factOf(
  { dataName, preflight: { totals } }: Pick<RunDetails, 'dataName' | 'preflight'>,
  fact: DataFact,
): string | number {
  return {
    data: dataName,
    rows: totals.examples,
    kept: totals.kept,
    dropped: Object.values(totals.dropped).reduce((sum, count) => sum + count, 0),
    truncated: totals.truncatedExamples,
    tokens: totals.tokens,
    trainable: totals.trainableTokens,
    longest: totals.lengths.max,
  }[fact];
}
