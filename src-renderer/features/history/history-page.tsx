/** The runs: searched, filtered by status, sorted by any column; a click opens one, and some can be compared. */
import { GitCompareArrows, History, SearchX } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { type RunStatus, type RunSummary, runStatusSchema } from '../../../src-shared/domain/run.ts';
import type { QueryResult } from '../../backend-client/backend-context.tsx';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { findRuns, type Sorting } from './find-runs.ts';
import './history.css';
import { RunsTable } from './runs-table.tsx';

interface HistoryPageProps {
  readonly runs: QueryResult<{ readonly runs: readonly RunSummary[] }>;
  hrefOfRun(id: string): string;
  onNewRun(): void;
  onCompare(ids: readonly string[]): void;
}

export function HistoryPage({ runs, hrefOfRun, onNewRun, onCompare }: HistoryPageProps) {
  const list = runs.status === 'ready' ? runs.value.runs : NO_RUNS;
  return (
    <div className="history">
      {runs.status === 'failed' && (
        <ErrorCallout error={runs.error}>
          <Button onClick={runs.reload}>{strings.app.retry}</Button>
        </ErrorCallout>
      )}
      {list.length === 0 ? (
        <>
          <header className="history-head">
            <h1>{strings.history.title}</h1>
          </header>
          {runs.status === 'ready' && (
            <EmptyState
              icon={History}
              title={strings.history.empty}
              help={strings.history.emptyHelp}
              action={<Button onClick={onNewRun}>{strings.history.emptyAction}</Button>}
            />
          )}
        </>
      ) : (
        <Runs list={list} hrefOfRun={hrefOfRun} onCompare={onCompare} />
      )}
    </div>
  );
}

const NO_RUNS: readonly RunSummary[] = [];
const NONE_CHOSEN: ReadonlySet<string> = new Set();

interface RunsProps extends Pick<HistoryPageProps, 'hrefOfRun' | 'onCompare'> {
  readonly list: readonly RunSummary[];
}

function Runs({ list, hrefOfRun, onCompare }: RunsProps) {
  const [text, setText] = useState('');
  const [status, setStatus] = useState<RunStatus | null>(null);
  const [sorting, setSorting] = useState<Sorting>({ key: 'createdAt', isDescending: true });
  const [chosenIds, setChosenIds] = useState(NONE_CHOSEN);
  const search = useRef<HTMLInputElement>(null);
  const sought = useDeferredValue(text);
  const shown = useMemo(
    () => findRuns(list, { text: sought, status, sorting }),
    [list, sought, status, sorting],
  );
  const chosen = useMemo(() => list.filter(({ id }) => chosenIds.has(id)), [list, chosenIds]);
  useCommand({
    id: 'history.search',
    title: strings.history.search,
    shortcut: 'Mod+F',
    enabled: true,
    run: () => search.current?.focus(),
  });
  const compare = useCommand({
    id: 'history.compare',
    title: strings.history.compare(formatCount(chosen.length)),
    enabled: chosen.length > 1,
    run: () => onCompare(chosen.map(({ id }) => id)),
  });
  const reset = () => {
    setText('');
    setStatus(null);
    search.current?.focus();
  };
  return (
    <>
      <header className="history-head">
        <h1>{strings.history.title}</h1>
        <div className="field history-search">
          <input
            ref={search}
            type="search"
            aria-label={strings.history.search}
            placeholder={strings.history.searchHint}
            value={text}
            onChange={event => setText(event.target.value)}
          />
        </div>
        <div className="field">
          <select
            aria-label={strings.history.columns.status}
            value={status ?? ''}
            onChange={event => setStatus(runStatusSchema.safeParse(event.target.value).data ?? null)}
          >
            <option value="">{strings.history.anyStatus}</option>
            {runStatusSchema.options.map(option => (
              <option key={option} value={option}>
                {strings.run.status[option]}
              </option>
            ))}
          </select>
        </div>
        <span className="quiet grow" role="status">
          {strings.history.shown(formatCount(shown.length), formatCount(list.length), list.length === 1)}
        </span>
        {chosen.length > 0 && (
          <>
            <CommandButton command={compare} icon={GitCompareArrows} />
            <Button variant="quiet" onClick={() => setChosenIds(NONE_CHOSEN)}>
              {strings.history.chooseNone}
            </Button>
          </>
        )}
      </header>
      {shown.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title={strings.history.noneFound}
          help={strings.history.noneFoundHelp}
          action={<Button onClick={reset}>{strings.history.showAll}</Button>}
        />
      ) : (
        <RunsTable
          runs={shown}
          sorting={sorting}
          onSort={setSorting}
          chosenIds={chosenIds}
          onChoose={setChosenIds}
          hrefOfRun={hrefOfRun}
        />
      )}
    </>
  );
}
