/** What was compared between the dataset and its batches, as preflight checks: pack.labelsLost, pack.leak, pack.boundary. */
import type { Check } from '../../../src-shared/domain/preflight.ts';
import type { CollationFaults } from '../batches/collation-proof.ts';
import { fires, number, passes, type Verdict } from './preflight-facts.ts';

export interface CollationFacts {
  /** Of the batches that were compared cell by cell. */
  readonly faults: CollationFaults;
  /** Tokens of all examples of training and validation. */
  readonly allTokens: number;
  /** Rows of the data that are in no batch of an epoch, or in more than one. */
  readonly misplaced: readonly number[];
}

export function checkCollation(facts: CollationFacts): Check[] {
  return [labelsLost(facts), leak(facts), boundary(facts)].map(verdict => ({ ...verdict, fixes: [] }));
}

const FAULT_OF_OURS =
  'This is a fault of Luthier: report it with the recipe. A run would train other tokens.';

function labelsLost({ faults, allTokens, misplaced }: CollationFacts): Verdict {
  const { changed, trainedBefore, trainedAfter, tokens } = faults;
  const rows = [...new Set([...misplaced, ...changed])].sort((a, b) => a - b);
  if (rows.length === 0 && trainedBefore === trainedAfter) {
    const isWhole = tokens === allTokens;
    return passes(
      'pack.labelsLost',
      `${isWhole ? 'Batches' : 'The compared batches'} hold the ${number(trainedBefore)} trained tokens of their examples.`,
      isWhole
        ? `All ${number(allTokens)} tokens were compared.`
        : `Every example is in one batch of an epoch; ${number(tokens)} of ${number(allTokens)} tokens were compared.`,
    );
  }
  return fires(
    'pack.labelsLost',
    'error',
    `Batches hold ${number(trainedAfter)} trained tokens, their examples ${number(trainedBefore)}; ${number(rows.length)} rows are not as they were.`,
    FAULT_OF_OURS,
    { count: rows.length, rows },
  );
}

function leak({ faults: { leaking } }: CollationFacts): Verdict {
  if (leaking.length === 0) return passes('pack.leak', 'No example sees another, and positions begin at 0.');
  return fires(
    'pack.leak',
    'error',
    `${number(leaking.length)} rows share attention or positions with another example.`,
    FAULT_OF_OURS,
    { count: leaking.length, rows: leaking },
  );
}

function boundary({ faults: { crossing } }: CollationFacts): Verdict {
  if (crossing.length === 0)
    return passes('pack.boundary', 'No example is predicted from the one before it.');
  return fires(
    'pack.boundary',
    'error',
    `The first token of ${number(crossing.length)} rows is predicted from the example before it.`,
    FAULT_OF_OURS,
    { count: crossing.length, rows: crossing },
  );
}
