/** `luthier runs compare`: the settings that differ, the data, and the outcomes with the better one marked. */
import { compareData } from '../../../../src-shared/comparison/compare-data.ts';
import {
  betterOnes,
  compareSettings,
  OUTCOMES,
  outcomeOf,
} from '../../../../src-shared/comparison/compare-runs.ts';
import { plainNumber, type TextTable } from '../../../../src-shared/comparison/text-table.ts';
import { CodedException } from '../../../../src-shared/contract/coded-error.ts';
import type { RunDetails } from '../../../../src-shared/domain/run.ts';
import { runNotFound } from '../../../backend/answer-prompts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printTable, type TableFormat } from '../print-table.ts';
import { resolveRunId } from './runs.ts';

export interface CompareArguments {
  /** Every setting, not only those that differ. */
  readonly all?: boolean;
  readonly format?: TableFormat;
}

export async function compareCommand(
  { parts, output }: CommandContext,
  given: readonly string[],
  { all = false, format = 'text' }: CompareArguments,
): Promise<ExitCode> {
  const runs = given.map(idOrPrefix => {
    const run = parts.store.show(resolveRunId(parts, idOrPrefix));
    if (!run) throw new CodedException(runNotFound(idOrPrefix));
    return run;
  });
  if (runs.length < 2) throw tooFew(runs.length);
  const comparison = compare(runs, all);
  await printTable(output, format, comparison, () => asTable(comparison));
  return EXIT.done;
}

function compare(runs: readonly RunDetails[], all: boolean) {
  return {
    runs: runs.map(({ id, name, status, modelName, dataName }) => ({
      id,
      name,
      status,
      modelName,
      dataName,
    })),
    data: compareData(runs),
    isSameData: new Set(runs.map(({ hashes }) => hashes.preparedDataset)).size === 1,
    settings: compareSettings(runs.map(({ recipe }) => recipe)).filter(({ differs }) => all || differs),
    outcomes: OUTCOMES.map(outcome => {
      const values = runs.map(run => outcomeOf(run, outcome));
      return { outcome, values, better: betterOnes(outcome, values) };
    }),
  };
}

/** Outcomes as plain numbers, so that a table can be computed with; the better one has a star. */
function asTable({ runs, data, isSameData, settings, outcomes }: ReturnType<typeof compare>): TextTable {
  return [
    ['setting', ...runs.map(({ name }) => name)],
    ['run', ...runs.map(({ id }) => id)],
    ...settings.map(({ key, values }) => [key, ...values.map(value => value ?? '')]),
    ['prepared data', ...runs.map(() => (isSameData ? 'the same' : 'differs'))],
    ...data.map(({ fact, values }) => [`data: ${fact}`, ...values.map(String)]),
    ['status', ...runs.map(({ status }) => status)],
    ...outcomes.map(({ outcome, values, better }) => [
      outcome,
      ...values.map((value, i) => (value === null ? '' : `${plainNumber(value)}${better[i] ? ' *' : ''}`)),
    ]),
  ];
}

function tooFew(count: number): CodedException {
  return new CodedException({
    code: 'arguments.invalid',
    title: 'There is nothing to compare.',
    cause: count === 0 ? 'No run is named.' : 'Only one run is named.',
    remedy: 'Name two runs or more: `luthier runs compare RUN RUN…`.',
  });
}
