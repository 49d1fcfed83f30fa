/** The table of runs: any number of rows, of which only those near the window exist, and are asked for. */
import { ChevronDown, ChevronRight, Pin } from 'lucide-react';
import {
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type { RunSorting, RunSortKey } from '../../../src-shared/domain/run-list.ts';
import { RUN_COLUMNS, type RunColumn, type RunView } from '../../../src-shared/domain/run-view.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { type TableColumn, VirtualTable } from '../../ui/virtual-table.tsx';
import { groupName } from './group-name.ts';
import { type GroupRows, groupRows, type TableRow } from './group-rows.ts';
import { NAME_LOOK, RUN_COLUMN_LOOKS } from './run-columns.tsx';
import type { ChosenRuns } from './use-chosen-runs.ts';
import type { ShownRuns } from './use-run-pages.ts';

interface RunsTableProps {
  readonly shown: ShownRuns;
  readonly view: RunView;
  readonly chosen: ChosenRuns;
  onSort(sorting: RunSorting): void;
  onPin(run: RunSummary): void;
  hrefOfRun(id: string): string;
}

const CHOOSE_PX = 40;
const PIN_PX = 28;
const NONE_FOLDED: ReadonlySet<string> = new Set();

export function RunsTable({ shown, view, chosen, onSort, onPin, hrefOfRun }: RunsTableProps) {
  const [folded, setFolded] = useState(NONE_FOLDED);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other groups begin unfolded
  useEffect(() => setFolded(NONE_FOLDED), [view.group]);
  const { groups, matches, need } = shown;
  const rows = useMemo(() => groupRows(groups, folded, matches), [groups, folded, matches]);
  const onWindow = useCallback(
    (first: number, last: number) => need(placesOf(rows, first, last)),
    [rows, need],
  );
  const shownColumns = useMemo(
    () => RUN_COLUMNS.filter(column => column === 'name' || view.columns.includes(column)),
    [view.columns],
  );
  // The same for good, so that rows whose run is still the same are not made again with each letter of a search.
  const latest = useRef({ chosen, onPin });
  useLayoutEffect(() => {
    latest.current = { chosen, onPin };
  });
  const choose = useCallback(
    (place: number, isRange: boolean) => latest.current.chosen.choose(place, isRange),
    [],
  );
  const pin = useCallback((run: RunSummary) => latest.current.onPin(run), []);
  const columns = columnsOf(shownColumns, view.sorting, onSort, chosen);
  const fold = (value: string) => {
    const next = new Set(folded);
    if (!next.delete(value)) next.add(value);
    setFolded(next);
  };
  const runOf = (row: TableRow) => (row.kind === 'run' ? shown.runAt(row.place) : null);
  return (
    <div className="runs-table">
      <VirtualTable
        label={strings.table}
        columns={columns}
        count={rows.count}
        minWidthPx={widthOf(shownColumns)}
        topFor={shown.choice}
        onWindow={onWindow}
        rowProps={at => {
          const row = rows.rowAt(at);
          if (row.kind === 'group') return { className: 'is-group' };
          return chosen.ids.has(runOf(row)?.id ?? '') ? { className: 'is-chosen' } : {};
        }}
        cells={at => {
          const row = rows.rowAt(at);
          if (row.kind === 'group') {
            return <GroupCell row={row} view={view} columns={columns.length} onFold={fold} />;
          }
          const run = runOf(row);
          if (run === null) return <td colSpan={columns.length}>{strings.rowComes}</td>;
          return (
            <RunCells
              run={run}
              place={row.place}
              columns={shownColumns}
              href={view.isDeleted ? null : hrefOfRun(run.id)}
              isChosen={chosen.ids.has(run.id)}
              onChoose={choose}
              onPin={view.isDeleted ? null : pin}
            />
          );
        }}
      />
    </div>
  );
}

function placesOf(rows: GroupRows, first: number, last: number): number[] {
  const places: number[] = [];
  for (let at = first; at < Math.min(last, rows.count); at++) {
    const row = rows.rowAt(at);
    if (row.kind === 'run') places.push(row.place);
  }
  return places;
}

function columnsOf(
  shown: readonly RunColumn[],
  sorting: RunSorting,
  onSort: (sorting: RunSorting) => void,
  chosen: ChosenRuns,
): TableColumn[] {
  return [
    {
      key: 'choose',
      name: strings.columns.choose,
      width: `${CHOOSE_PX}px`,
      header: <ChooseAll chosen={chosen} />,
    },
    { key: 'pinned', name: strings.columns.pinned, width: `${PIN_PX}px`, isNameHidden: true },
    ...shown.map((column): TableColumn => {
      const look = column === 'name' ? NAME_LOOK : RUN_COLUMN_LOOKS[column];
      const { sortKey, widthPx } = look;
      return {
        key: column,
        name: strings.columns[column],
        ...('grows' in look && look.grows ? {} : { width: `${widthPx}px` }),
        ...('isNumber' in look && look.isNumber ? { isNumber: true } : {}),
        ...(sortKey === null
          ? {}
          : { sort: sortOf(sortKey, sorting), onSort: () => onSort(nextSorting(sortKey, column, sorting)) }),
      };
    }),
  ];
}

function widthOf(shown: readonly RunColumn[]): number {
  const widths = shown.map(column => (column === 'name' ? NAME_LOOK : RUN_COLUMN_LOOKS[column]).widthPx);
  return widths.reduce((sum, width) => sum + width, CHOOSE_PX + PIN_PX);
}

function sortOf(key: RunSortKey, sorting: RunSorting): 'ascending' | 'descending' | 'none' {
  if (key !== sorting.key) return 'none';
  return sorting.isDescending ? 'descending' : 'ascending';
}

function nextSorting(key: RunSortKey, column: RunColumn, sorting: RunSorting): RunSorting {
  if (key === sorting.key) return { key, isDescending: !sorting.isDescending };
  const look = column === 'name' ? null : RUN_COLUMN_LOOKS[column];
  return { key, isDescending: look?.isDescendingFirst ?? false };
}

function ChooseAll({ chosen }: { readonly chosen: ChosenRuns }) {
  const { isAll } = chosen;
  return (
    <input
      type="checkbox"
      aria-label={strings.chooseAll}
      checked={isAll}
      ref={box => {
        if (box) box.indeterminate = !isAll && chosen.ids.size > 0;
      }}
      onChange={() => (isAll ? chosen.clear() : chosen.chooseAll())}
    />
  );
}

interface GroupCellProps {
  readonly row: Extract<TableRow, { kind: 'group' }>;
  readonly view: RunView;
  readonly columns: number;
  onFold(value: string): void;
}

function GroupCell({ row: { group, isFolded }, view, columns, onFold }: GroupCellProps) {
  const Arrow = isFolded ? ChevronRight : ChevronDown;
  return (
    <td colSpan={columns}>
      <span className="row">
        <button
          type="button"
          className="group-button"
          aria-expanded={!isFolded}
          onClick={() => onFold(group.value)}
        >
          <Arrow size={14} strokeWidth={1.75} aria-hidden="true" />
          {strings.groupTitle(groupName(view.group, group.value), formatCount(group.count))}
        </button>
        {group.bestLoss !== null && (
          <span className="quiet">{strings.bestOf(formatLoss(group.bestLoss))}</span>
        )}
      </span>
    </td>
  );
}

interface RunCellsProps {
  readonly run: RunSummary;
  readonly place: number;
  readonly columns: readonly RunColumn[];
  /** Null where there is no page of it. */
  readonly href: string | null;
  readonly isChosen: boolean;
  onChoose(place: number, isRange: boolean): void;
  readonly onPin: ((run: RunSummary) => void) | null;
}

const RunCells = memo(function RunCells(props: RunCellsProps) {
  const { run, place, columns, href, isChosen, onChoose, onPin } = props;
  return (
    <>
      <td className="col-choose">
        <input
          type="checkbox"
          aria-label={strings.choose(run.name)}
          checked={isChosen}
          onChange={({ nativeEvent }) =>
            onChoose(place, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
          }
        />
      </td>
      <td className="col-pin">
        {onPin && (
          <button
            type="button"
            className="pin-button"
            aria-label={strings.pinName(run.name)}
            title={run.pinned ? strings.unpin : strings.pin}
            aria-pressed={run.pinned}
            onClick={() => onPin(run)}
          >
            <Pin size={13} strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
      </td>
      {columns.map(column => (
        <RunCell key={column} run={run} column={column} href={href} />
      ))}
    </>
  );
});

function RunCell({
  run,
  column,
  href,
}: Pick<RunCellsProps, 'run' | 'href'> & { readonly column: RunColumn }) {
  if (column === 'name') {
    return <td className="col-name">{href === null ? run.name : <a href={href}>{run.name}</a>}</td>;
  }
  const { isNumber, cell } = RUN_COLUMN_LOOKS[column];
  const content: ReactNode = cell(run);
  return (
    <td className={isNumber ? 'num' : undefined} title={typeof content === 'string' ? content : undefined}>
      {content}
    </td>
  );
}
