/** The table of runs: any number of rows, of which only those near the window exist, and are asked for. */
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { RUN_SORT_KEYS, type RunSorting, type RunSortKey } from '../../../src-shared/domain/run-list.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { formatElapsed, formatStarted } from '../../format/times.ts';
import { strings } from '../../strings.ts';
import { RunStatusWord } from '../../ui/run-status.tsx';
import { type TableColumn, VirtualTable } from '../../ui/virtual-table.tsx';
import type { ShownRuns } from './use-run-pages.ts';

interface RunsTableProps {
  readonly shown: ShownRuns;
  readonly sorting: RunSorting;
  readonly chosenIds: ReadonlySet<string>;
  onSort(sorting: RunSorting): void;
  onChoose(place: number, isRange: boolean): void;
  hrefOfRun(id: string): string;
}

/** For numbers and dates the first click shows the newest, longest or most. A loss is best when low. */
const DESCENDING_FIRST: ReadonlySet<RunSortKey> = new Set(['stepsDone', 'durationMs', 'createdAt']);

const LOOKS: Readonly<Record<RunSortKey, Pick<TableColumn, 'width' | 'isNumber'>>> = {
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

export function RunsTable({ shown, sorting, chosenIds, onSort, onChoose, hrefOfRun }: RunsTableProps) {
  const columns: TableColumn[] = [
    { key: 'choose', name: strings.history.columns.choose, width: '40px', isNameHidden: true },
    ...RUN_SORT_KEYS.map(key => ({
      key,
      name: strings.history.columns[key],
      ...LOOKS[key],
      sort: sortOf(key, sorting),
      onSort: () => onSort(nextSorting(key, sorting)),
    })),
  ];
  return (
    <div className="runs-table">
      <VirtualTable
        label={strings.history.table}
        columns={columns}
        count={shown.matches}
        topFor={shown.choice}
        onWindow={shown.need}
        rowProps={row => (chosenIds.has(shown.runAt(row)?.id ?? '') ? { className: 'is-chosen' } : {})}
        cells={row => {
          const run = shown.runAt(row);
          if (run === null) return <td colSpan={columns.length}>{strings.history.rowComes}</td>;
          return (
            <RunCells
              run={run}
              href={hrefOfRun(run.id)}
              isChosen={chosenIds.has(run.id)}
              onChoose={isRange => onChoose(row, isRange)}
            />
          );
        }}
      />
    </div>
  );
}

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

function sortOf(key: RunSortKey, sorting: RunSorting): 'ascending' | 'descending' | 'none' {
  if (key !== sorting.key) return 'none';
  return sorting.isDescending ? 'descending' : 'ascending';
}

function nextSorting(key: RunSortKey, sorting: RunSorting): RunSorting {
  return { key, isDescending: key === sorting.key ? !sorting.isDescending : DESCENDING_FIRST.has(key) };
}
