/** The token inspector: every token of a row as the trainer will get it, with its state and the reason. */
import { ScanText } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { inspectorStrings as strings } from '../../strings/inspector.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { BatchOfRow } from './batch-of-row.tsx';
import './inspector.css';
import { RowLossPart } from './row-loss-part.tsx';
import { RowMap } from './row-map.tsx';
import { RowPanel } from './row-panel.tsx';
import { type InspectorView, RowToolbar } from './row-toolbar.tsx';
import { TokenFlow } from './token-flow.tsx';
import { TokenTable } from './token-table.tsx';
import { useExample } from './use-example.ts';
import { useRowFinder } from './use-row-finder.ts';
import { useShowFinding, type WantedFinding } from './use-show-finding.ts';
import { type LossSource, useTokenLosses } from './use-token-losses.ts';

export interface InspectorProps {
  /** Null while the draft is not whole. */
  readonly recipe: Recipe | null;
  /** The prepared dataset of the draft, once there is one: for the map of all rows. */
  readonly preparedId: string | null;
  readonly totalRows: number | null;
  readonly fileName: string;
  readonly row: number;
  readonly findings: readonly string[];
  /** A check of a row: the inspector goes to the token that it speaks of, and focuses it. */
  readonly wanted: WantedFinding | null;
  /** Where the losses of tokens come from, once there are some. */
  readonly losses?: LossSource | null;
  /** Which example of the first row is shown, where a row makes several. */
  readonly firstPart?: number;
  /** Stands in the row's panel, below its numbers. */
  readonly children?: ReactNode;
  onRow(row: number): void;
  /** `wanted` is shown. */
  onShown(): void;
}

export function Inspector(props: InspectorProps) {
  const { recipe, preparedId, totalRows, fileName, row, findings, wanted, children, onRow, onShown } = props;
  const { losses = null, firstPart = 0 } = props;
  const [view, setView] = useState<InspectorView>('tokens');
  const [active, setActive] = useState<number | null>(null);
  const [part, setPart] = useState(firstPart);
  /** A finding of the row that was chosen beside its tokens, or looked for. */
  const [chosen, setChosen] = useState<WantedFinding | null>(null);
  const firstRow = useRef(row);
  const shown = useExample(recipe, row, part);
  const tokenLosses = useTokenLosses(losses, row, part);
  const finder = useRowFinder(recipe, preparedId, row, onFound);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a token belongs to its row, and so does a part
  useEffect(() => {
    setActive(null);
    setPart(row === firstRow.current ? firstPart : 0);
  }, [row]);
  const { worst } = tokenLosses;
  const isRowHere = shown.example?.row === row;
  useEffect(() => {
    if (worst !== null && isRowHere) setActive(worst);
  }, [worst, isRowHere]);
  const onWantedShown = useCallback(() => {
    setChosen(null);
    onShown();
  }, [onShown]);
  const center = useShowFinding({
    shown,
    wanted: wanted ?? chosen,
    active,
    setActive,
    setPart,
    setView,
    onShown: onWantedShown,
  });

  function onFound(found: number, check: string | null): void {
    onRow(found);
    setChosen(check === null ? null : { row: found, check });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isTyping = event.target instanceof Element && event.target.matches('input, select, textarea');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'j') onRow(totalRows === null ? row + 1 : Math.min(totalRows - 1, row + 1));
    else if (event.key === 'k') onRow(Math.max(0, row - 1));
    else if (event.key === 'J') finder.findNext();
    else if (event.key === 'K') finder.findPrevious();
    else return;
    event.preventDefault();
  }

  if (!recipe) {
    return <EmptyState icon={ScanText} title={strings.nothing} help={strings.nothingHelp} />;
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole inspector, while the focus is in it
    <div className="inspector" onKeyDown={onKeyDown}>
      <section ref={center} className="inspector-center" aria-label={strings.title}>
        <div className="inspector-head">
          <RowToolbar
            row={row}
            total={totalRows}
            finder={finder}
            findings={findings}
            view={view}
            hasBatches={preparedId !== null}
            onView={setView}
            onRow={onRow}
          />
          {losses === null && <RowMap preparedId={preparedId} row={row} onRow={onRow} />}
        </div>
        {shown.error && (
          <div className="inspector-error">
            <ErrorCallout error={shown.error} />
          </div>
        )}
        {!shown.error && view === 'tokens' && (
          <TokenFlow shown={shown} losses={tokenLosses} active={active} onActive={setActive} />
        )}
        {view === 'batch' && preparedId !== null && (
          <BatchOfRow recipe={recipe} preparedId={preparedId} row={row} onRow={onRow} />
        )}
        {!shown.error && view === 'table' && <TokenTable shown={shown} losses={tokenLosses} />}
      </section>
      <aside className="inspector-side" aria-label={strings.rowTitle(String(row))}>
        {shown.example && !shown.error && (
          <RowPanel
            example={shown.example}
            fileName={fileName}
            onToken={setActive}
            onPart={setPart}
            onFinding={check => setChosen({ row, check })}
          >
            <RowLossPart losses={tokenLosses} shown={shown} />
            {children}
          </RowPanel>
        )}
      </aside>
    </div>
  );
}
