/** The table of runs: any number of rows, of which only those in the window exist. */
import { useState } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { formatElapsed, formatStarted } from '../../format/times.ts';
import { strings } from '../../strings.ts';
import { RunStatusWord } from '../../ui/run-status.tsx';
import { type TableColumn, VirtualTable } from '../../ui/virtual-table.tsx';
import { SORT_KEYS, type Sorting, type SortKey } from './find-runs.ts';

interface RunsTableProps {
  readonly runs: readonly RunSummary[];
  readonly sorting: Sorting;
  readonly chosenIds: ReadonlySet<string>;
  onSort(sorting: Sorting): void;
  onChoose(ids: ReadonlySet<string>): void;
  hrefOfRun(id: string): string;
}

/** For numbers and dates the first click shows the newest, longest or most. A loss is best when low. */
const DESCENDING_FIRST: ReadonlySet<SortKey> = new Set(['stepsDone', 'durationMs', 'createdAt']);

const LOOKS: Readonly<Record<SortKey, Pick<TableColumn, 'width' | 'isNumber'>>> = {
  status: { width: '128px' },
  name: {},
  modelName: {},
  dataName: {},
  masking: { width: '112px' },
  stepsDone: { width: '112px', isNumber: true },
  lastLoss: { width: '144px', isNumber: true },
  durationMs: { width: '96px', isNumber: true },
  createdAt: { width: '152px' },
};

export function RunsTable({ runs, sorting, chosenIds, onSort, onChoose, hrefOfRun }: RunsTableProps) {
  const [lastChosen, setLastChosen] = useState(0);
  const columns: TableColumn[] = [
    { key: 'choose', name: strings.history.columns.choose, width: '40px', isNameHidden: true },
    ...SORT_KEYS.map(key => ({
      key,
      name: strings.history.columns[key],
      ...LOOKS[key],
      sort: sortOf(key, sorting),
      onSort: () => onSort(nextSorting(key, sorting)),
    })),
  ];
  const choose = (row: number, isRange: boolean) => {
    const next = new Set(chosenIds);
    const isOn = !chosenIds.has(runs[row]?.id ?? '');
    const [from, to] = isRange ? [Math.min(row, lastChosen), Math.max(row, lastChosen)] : [row, row];
    for (const { id } of runs.slice(from, to + 1)) isOn ? next.add(id) : next.delete(id);
    setLastChosen(row);
    onChoose(next);
  };
  return (
    <div className="runs-table">
      <VirtualTable
        label={strings.history.table}
        columns={columns}
        count={runs.length}
        onWindow={NOTHING}
        rowProps={row => (chosenIds.has(runs[row]?.id ?? '') ? { className: 'is-chosen' } : {})}
        cells={row => {
          const run = runs[row];
          if (!run) return null;
          return (
            <RunCells
              run={run}
              href={hrefOfRun(run.id)}
              isChosen={chosenIds.has(run.id)}
              onChoose={isRange => choose(row, isRange)}
            />
          );
        }}
      />
    </div>
  );
}

const NOTHING = () => {};

interface RunCellsProps {
  readonly run: RunSummary;
  readonly href: string;
  readonly isChosen: boolean;
  onChoose(isRange: boolean): void;
}

function RunCells({ run, href, isChosen, onChoose }: RunCellsProps) {
  const { none } = strings.history;
  const steps = [run.stepsDone, run.plannedSteps].map(formatCount).join(' / ');
  const losses = [run.firstLoss, run.lastLoss].map(loss => (loss === null ? none : formatLoss(loss)));
  return (
    <>
      <td className="col-choose">
        <input
          type="checkbox"
          aria-label={strings.history.choose(run.name)}
          checked={isChosen}
          onChange={event => onChoose(event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
        />
      </td>
      <td>
        <RunStatusWord status={run.status} />
      </td>
      <td className="col-name">
        <a href={href}>{run.name}</a>
      </td>
      <td>{run.modelName}</td>
      <td>{run.dataName}</td>
      <td>{run.masking}</td>
      <td className="num">{steps}</td>
      <td className="num">{losses.join(' → ')}</td>
      <td className="num">{run.durationMs === null ? none : formatElapsed(run.durationMs)}</td>
      <td>
        <time dateTime={run.createdAt}>{formatStarted(run.createdAt, new Date())}</time>
      </td>
    </>
  );
}

function sortOf(key: SortKey, sorting: Sorting): 'ascending' | 'descending' | 'none' {
  if (key !== sorting.key) return 'none';
  return sorting.isDescending ? 'descending' : 'ascending';
}

function nextSorting(key: SortKey, sorting: Sorting): Sorting {
  return { key, isDescending: key === sorting.key ? !sorting.isDescending : DESCENDING_FIRST.has(key) };
}
