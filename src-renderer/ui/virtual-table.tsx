/** A table of any length: only the rows near its window exist, between two spacers. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useVirtualRows } from './use-virtual-rows.ts';

export interface TableColumn {
  readonly key: string;
  readonly name: string;
  readonly width?: string;
  readonly isNumber?: boolean;
  /** The name is only for those who do not see the column. */
  readonly isNameHidden?: boolean;
  /** Stands in the header instead of the name, which it then says itself. */
  readonly header?: ReactNode;
  /** How the rows are sorted by this column; with `onSort` its header is a button. */
  readonly sort?: 'ascending' | 'descending' | 'none';
  onSort?(): void;
}

interface VirtualTableProps {
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly count: number;
  readonly rowPx?: number;
  /** A narrower window scrolls sideways. */
  readonly minWidthPx?: number;
  /** Brought into the window when it changes. */
  readonly shownRow?: number;
  /** The window goes back to the first row when it changes. */
  readonly topFor?: unknown;
  /** Told which rows are near the window; `last` is exclusive. */
  onWindow(first: number, last: number): void;
  /** The cells of one row. */
  cells(row: number): ReactNode;
  rowProps?(row: number): React.HTMLAttributes<HTMLTableRowElement>;
}

export function VirtualTable(props: VirtualTableProps) {
  const {
    label,
    columns,
    count,
    rowPx = 28,
    minWidthPx,
    shownRow,
    topFor,
    onWindow,
    cells,
    rowProps,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last, heightPx, topOf, scrollTo } = useVirtualRows(scroller, count, rowPx);
  useEffect(() => {
    if (last > first) onWindow(first, last);
  }, [onWindow, first, last]);
  useEffect(() => {
    if (shownRow !== undefined) scrollTo(shownRow);
  }, [shownRow, scrollTo]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at their first
  useEffect(() => {
    // Without braces the effect would give what `scrollTo` gives, which is a promise in newer browsers.
    scroller.current?.scrollTo(0, 0);
  }, [topFor]);
  const before = Math.max(0, topOf(first));
  const behind = Math.max(0, heightPx - topOf(last));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll
    <div ref={scroller} className="virtual" tabIndex={0} role="group" aria-label={label}>
      <table
        className="table"
        aria-label={label}
        aria-rowcount={count + 1}
        style={minWidthPx === undefined ? undefined : { minWidth: minWidthPx }}
      >
        <colgroup>
          {columns.map(({ key, width }) => (
            <col key={key} style={width === undefined ? undefined : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(column => (
              <HeaderCell key={column.key} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer heightPx={before} columns={columns.length} />
          {Array.from({ length: last - first }, (_, i) => first + i).map(row => (
            <tr key={row} aria-rowindex={row + 2} {...rowProps?.(row)}>
              {cells(row)}
            </tr>
          ))}
          <Spacer heightPx={behind} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell({ column }: { readonly column: TableColumn }) {
  const { name, isNumber, isNameHidden, header, sort, onSort } = column;
  const Arrow = sort === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th scope="col" className={isNumber ? 'num' : undefined} aria-sort={sort === 'none' ? undefined : sort}>
      {header ??
        (onSort ? (
          <button type="button" className="sort-button" onClick={onSort}>
            {name}
            {sort !== 'none' && <Arrow size={12} strokeWidth={2} aria-hidden="true" />}
          </button>
        ) : (
          <span className={isNameHidden ? 'sr-only' : undefined}>{name}</span>
        ))}
    </th>
  );
}

function Spacer({ heightPx, columns }: { readonly heightPx: number; readonly columns: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row takes no focus
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height: heightPx, padding: 0, border: 0 }} />
    </tr>
  );
}
