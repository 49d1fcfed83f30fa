/** Which row is shown: by its number, one on, or the next that is like something. */
import { ChevronLeft, ChevronRight, Search } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { formatCount } from '../../format/numbers.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { RowFinder } from './use-row-finder.ts';

export type InspectorView = 'tokens' | 'table' | 'batch';

interface RowToolbarProps {
  readonly row: number;
  readonly total: number | null;
  readonly finder: RowFinder;
  /** Ids of findings that preflight counted, to look for. */
  readonly findings: readonly string[];
  readonly view: InspectorView;
  /** Batches are known once all rows are labelled. */
  readonly hasBatches: boolean;
  onView(view: InspectorView): void;
  onRow(row: number): void;
}

export function RowToolbar({
  row,
  total,
  finder,
  findings,
  view,
  hasBatches,
  onView,
  onRow,
}: RowToolbarProps) {
  const ids = useId();
  const [typed, setTyped] = useState(String(row));
  useEffect(() => setTyped(String(row)), [row]);
  const last = total === null ? null : total - 1;
  const go = (wanted: number) => {
    if (Number.isInteger(wanted)) onRow(Math.max(0, last === null ? wanted : Math.min(last, wanted)));
  };
  return (
    <div className="row row-wrap row-toolbar">
      <IconButton
        label={strings.previous}
        icon={ChevronLeft}
        isDisabled={row === 0}
        onClick={() => go(row - 1)}
      />
      <form
        className="field field-row"
        onSubmit={event => {
          event.preventDefault();
          go(Number(typed));
        }}
      >
        <input
          id={`${ids}-row`}
          aria-label={strings.row}
          inputMode="numeric"
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onBlur={() => typed !== String(row) && go(Number(typed))}
        />
      </form>
      {total !== null && <span className="soft nowrap">{strings.ofRows(formatCount(total))}</span>}
      <IconButton
        label={strings.next}
        icon={ChevronRight}
        isDisabled={row === last}
        onClick={() => go(row + 1)}
      />
      <div className="field field-inline">
        <label htmlFor={`${ids}-like`} className="soft nowrap">
          {strings.nextLike}
        </label>
        <select id={`${ids}-like`} value={finder.kind} onChange={event => finder.choose(event.target.value)}>
          <option value="cut">{strings.problems.cut}</option>
          <option value="dropped">{strings.problems.dropped}</option>
          {findings.map(id => (
            <option key={id} value={id}>
              {strings.problems.finding(id)}
            </option>
          ))}
        </select>
        <Button onClick={finder.findNext} isDisabled={finder.isSearching}>
          {strings.findNext}
        </Button>
      </div>
      <form
        className="field field-inline field-search"
        onSubmit={event => {
          event.preventDefault();
          finder.findText();
        }}
      >
        <Search size={14} strokeWidth={1.5} aria-hidden="true" />
        <input
          aria-label={strings.search}
          placeholder={strings.searchPlaceholder}
          value={finder.text}
          onChange={event => finder.setText(event.target.value)}
        />
      </form>
      <span className="grow small quiet" role="status">
        {finder.message}
      </span>
      <Segmented
        label={strings.view}
        value={view}
        options={[
          { value: 'tokens', label: strings.views.tokens },
          { value: 'table', label: strings.views.table },
          ...(hasBatches ? [{ value: 'batch' as const, label: strings.views.batch }] : []),
        ]}
        onChange={onView}
      />
    </div>
  );
}
