/** The table of runs: any number of rows, of which only those in the window exist. */
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
  onSort(sorting: Sorting): void;
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

export function RunsTable({ runs, sorting, onSort, hrefOfRun }: RunsTableProps) {
  const columns = SORT_KEYS.map(key => ({
    key,
    name: strings.history.columns[key],
    ...LOOKS[key],
    sort: sortOf(key, sorting),
    onSort: () => onSort(nextSorting(key, sorting)),
  }));
  return (
    <div className="runs-table">
      <VirtualTable
        label={strings.history.table}
        columns={columns}
        count={runs.length}
        onWindow={NOTHING}
        cells={row => {
          const run = runs[row];
          return run ? <RunCells run={run} href={hrefOfRun(run.id)} /> : null;
        }}
      />
    </div>
  );
}

const NOTHING = () => {};

interface RunCellsProps {
  readonly run: RunSummary;
  readonly href: string;
}

function RunCells({ run, href }: RunCellsProps) {
  const { none } = strings.history;
  const steps = [run.stepsDone, run.plannedSteps].map(formatCount).join(' / ');
  const losses = [run.firstLoss, run.lastLoss].map(loss => (loss === null ? none : formatLoss(loss)));
  return (
    <>
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
