/** The runs: searched, filtered by status, sorted by any column; a click opens one, and some can be compared. */
import { GitCompareArrows, History, SearchX } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { type RunStatus, runStatusSchema } from '../../../src-shared/domain/run.ts';
import { ALL_RUNS, type RunsChoice } from '../../../src-shared/domain/run-list.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import './history.css';
import { RunsTable } from './runs-table.tsx';
import { useChosenRuns } from './use-chosen-runs.ts';
import { type ShownRuns, useRunPages } from './use-run-pages.ts';

interface HistoryPageProps {
  hrefOfRun(id: string): string;
  onNewRun(): void;
  onCompare(ids: readonly string[]): void;
}

export function HistoryPage({ hrefOfRun, onNewRun, onCompare }: HistoryPageProps) {
  const [text, setText] = useState('');
  const [status, setStatus] = useState<RunStatus | null>(null);
  const [sorting, setSorting] = useState(ALL_RUNS.sorting);
  const choice = useMemo(
    (): RunsChoice => ({ text, statuses: status === null ? [] : [status], ids: null, sorting }),
    [text, status, sorting],
  );
  const shown = useRunPages(choice);
  const { error } = shown;
  const hasNone = shown.choice !== null && shown.total === 0;
  return (
    <div className="history">
      {error && (
        <ErrorCallout error={error}>
          <Button onClick={shown.reload}>{strings.app.retry}</Button>
        </ErrorCallout>
      )}
      {hasNone ? (
        <>
          <header className="history-head">
            <h1>{strings.history.title}</h1>
          </header>
          <EmptyState
            icon={History}
            title={strings.history.empty}
            help={strings.history.emptyHelp}
            action={<Button onClick={onNewRun}>{strings.history.emptyAction}</Button>}
          />
        </>
      ) : (
        <Runs
          shown={shown}
          choice={choice}
          onText={setText}
          onStatus={setStatus}
          onSorting={setSorting}
          hrefOfRun={hrefOfRun}
          onCompare={onCompare}
        />
      )}
    </div>
  );
}

interface RunsProps extends Pick<HistoryPageProps, 'hrefOfRun' | 'onCompare'> {
  readonly shown: ShownRuns;
  /** What is asked for; `shown` answers what was asked before until the answer is there. */
  readonly choice: RunsChoice;
  onText(text: string): void;
  onStatus(status: RunStatus | null): void;
  onSorting(sorting: RunsChoice['sorting']): void;
}

function Runs({ shown, choice, onText, onStatus, onSorting, hrefOfRun, onCompare }: RunsProps) {
  const chosen = useChosenRuns(shown);
  const search = useRef<HTMLInputElement>(null);
  const { matches, total } = shown;
  useCommand({
    id: 'history.search',
    title: strings.history.search,
    shortcut: 'Mod+F',
    enabled: true,
    run: () => search.current?.focus(),
  });
  const compare = useCommand({
    id: 'history.compare',
    title: strings.history.compare(formatCount(chosen.ids.size)),
    enabled: chosen.ids.size > 1,
    run: () => onCompare([...chosen.ids]),
  });
  const reset = () => {
    onText('');
    onStatus(null);
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
            maxLength={LONGEST_SEARCH}
            value={choice.text}
            onChange={event => onText(event.target.value)}
          />
        </div>
        <div className="field">
          <select
            aria-label={strings.history.columns.status}
            value={choice.statuses[0] ?? ''}
            onChange={event => onStatus(runStatusSchema.safeParse(event.target.value).data ?? null)}
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
          {shown.choice !== null &&
            strings.history.shown(formatCount(matches), formatCount(total), total === 1)}
        </span>
        {chosen.ids.size > 0 && (
          <>
            <CommandButton command={compare} icon={GitCompareArrows} />
            <Button variant="quiet" onClick={chosen.clear}>
              {strings.history.chooseNone}
            </Button>
          </>
        )}
      </header>
      {shown.choice !== null && matches === 0 ? (
        <EmptyState
          icon={SearchX}
          title={strings.history.noneFound}
          help={strings.history.noneFoundHelp}
          action={<Button onClick={reset}>{strings.history.showAll}</Button>}
        />
      ) : (
        <RunsTable
          shown={shown}
          sorting={choice.sorting}
          onSort={onSorting}
          chosenIds={chosen.ids}
          onChoose={chosen.choose}
          hrefOfRun={hrefOfRun}
        />
      )}
    </>
  );
}

/** What the contract takes. */
const LONGEST_SEARCH = 1000;
