/** Settings and outcomes with one column per run; what differs and what is better is marked in words too. */
import { compareData } from '../../../src-shared/comparison/compare-data.ts';
import {
  betterOnes,
  OUTCOMES,
  type Outcome,
  outcomeOf,
  type SettingRow,
} from '../../../src-shared/comparison/compare-runs.ts';
import { plainNumber, type TextTable } from '../../../src-shared/comparison/text-table.ts';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import { formatBytes, formatCount, formatLarge, formatLoss } from '../../format/numbers.ts';
import { formatElapsed } from '../../format/times.ts';
import { compareStrings as strings } from '../../strings/compare.ts';
import { strings as common } from '../../strings.ts';
import { RunStatusWord } from '../../ui/run-status.tsx';

const FORMATS: Readonly<Record<Outcome, (value: number) => string>> = {
  bestEvaluation: formatLoss,
  lastLoss: formatLoss,
  stepsDone: formatCount,
  durationMs: formatElapsed,
  memoryBytes: formatBytes,
  trainedTokens: formatLarge,
};

interface CompareTableProps {
  readonly runs: readonly RunDetails[];
  readonly settings: readonly SettingRow[];
  hrefOfRun(id: string): string;
}

export function CompareTable({ runs, settings, hrefOfRun }: CompareTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll
    <div className="compare-table" tabIndex={0} role="group" aria-label={strings.settings}>
      <table className="table" aria-label={strings.title} style={{ minWidth: 220 + 150 * runs.length }}>
        <thead>
          <tr>
            <th scope="col">{strings.setting}</th>
            {runs.map(run => (
              <th key={run.id} scope="col">
                <a href={hrefOfRun(run.id)}>{run.name}</a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {settings.length === 0 && (
            <tr>
              <td colSpan={runs.length + 1} className="soft">
                {strings.noDifference}
              </td>
            </tr>
          )}
          {settings.map(({ key, values, differs }) => (
            <tr key={key}>
              <th scope="row">
                <code>{key}</code>
              </th>
              {runs.map((run, i) => (
                <td key={run.id} className={differs ? 'differs' : 'soft'} title={values[i] ?? undefined}>
                  {values[i] ?? strings.unset}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="rowgroup" colSpan={runs.length + 1} className="compare-part">
              {strings.data}
            </th>
          </tr>
          {compareData(runs).map(({ fact, values, differs }) => (
            <tr key={fact}>
              <th scope="row">{strings.dataFacts[fact]}</th>
              {runs.map((run, i) => (
                <td key={run.id} className={differs ? 'differs' : 'soft'}>
                  {factWritten(values[i] ?? '')}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="rowgroup" colSpan={runs.length + 1} className="compare-part">
              {strings.outcome}
            </th>
          </tr>
          <tr>
            <th scope="row">{strings.status}</th>
            {runs.map(run => (
              <td key={run.id}>
                <RunStatusWord status={run.status} />
              </td>
            ))}
          </tr>
          {OUTCOMES.map(outcome => (
            <OutcomeRow key={outcome} runs={runs} outcome={outcome} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface OutcomeRowProps extends Pick<CompareTableProps, 'runs'> {
  readonly outcome: Outcome;
}

function OutcomeRow({ runs, outcome }: OutcomeRowProps) {
  const values = runs.map(run => outcomeOf(run, outcome));
  const better = betterOnes(outcome, values);
  return (
    <tr>
      <th scope="row">{strings.outcomes[outcome]}</th>
      {runs.map((run, i) => (
        <td key={run.id} className={better[i] ? 'ok compare-best' : 'soft'}>
          {written(outcome, values[i] ?? null)}
          {better[i] && ` ${strings.better}`}
        </td>
      ))}
    </tr>
  );
}

/** The same cells as text: as they are read, or `plain`, as a spreadsheet computes with them. */
export function tableAsText(
  runs: readonly RunDetails[],
  settings: readonly SettingRow[],
  isPlain = false,
): TextTable {
  const numberOf = isPlain ? plainNumber : formatCount;
  const outcomeAsText = (outcome: Outcome, value: number | null) =>
    isPlain ? (value === null ? '' : plainNumber(value)) : written(outcome, value);
  return [
    [strings.setting, ...runs.map(({ name }) => name)],
    ...settings.map(({ key, values }) => [key, ...values.map(value => value ?? strings.unset)]),
    ...compareData(runs).map(({ fact, values }) => [
      strings.dataFacts[fact],
      ...values.map(value => (typeof value === 'number' ? numberOf(value) : value)),
    ]),
    [strings.status, ...runs.map(({ status }) => common.run.status[status])],
    ...OUTCOMES.map(outcome => [
      `${strings.outcomes[outcome]}${isPlain ? (strings.units[outcome] ?? '') : ''}`,
      ...runs.map(run => outcomeAsText(outcome, outcomeOf(run, outcome))),
    ]),
  ];
}

function factWritten(value: string | number): string {
  return typeof value === 'number' ? formatCount(value) : value;
}

function written(outcome: Outcome, value: number | null): string {
  return value === null ? strings.notMeasured : FORMATS[outcome](value);
}
