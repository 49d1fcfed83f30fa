/** The list of past runs, newest first; a click opens one. */
import { History } from 'lucide-react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type { QueryResult } from '../../backend-client/backend-context.tsx';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { formatElapsed, formatStarted } from '../../format/times.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RunStatusWord } from '../../ui/run-status.tsx';
import './history.css';

interface HistoryPageProps {
  readonly runs: QueryResult<{ readonly runs: readonly RunSummary[] }>;
  hrefOfRun(id: string): string;
  onNewRun(): void;
}

export function HistoryPage({ runs, hrefOfRun, onNewRun }: HistoryPageProps) {
  const list = runs.status === 'ready' ? runs.value.runs : [];
  return (
    <div className="history">
      <header className="history-head">
        <h1>{strings.history.title}</h1>
        {runs.status === 'ready' && list.length > 0 && (
          <span className="quiet">{strings.history.count(formatCount(list.length), list.length === 1)}</span>
        )}
      </header>
      <div className="history-body">
        {runs.status === 'failed' && (
          <ErrorCallout error={runs.error}>
            <Button onClick={runs.reload}>{strings.app.retry}</Button>
          </ErrorCallout>
        )}
        {runs.status === 'ready' && list.length === 0 && (
          <EmptyState
            icon={History}
            title={strings.history.empty}
            help={strings.history.emptyHelp}
            action={<Button onClick={onNewRun}>{strings.history.emptyAction}</Button>}
          />
        )}
        {list.length > 0 && <RunsTable runs={list} hrefOfRun={hrefOfRun} />}
      </div>
    </div>
  );
}

function RunsTable({
  runs,
  hrefOfRun,
}: {
  readonly runs: readonly RunSummary[];
  hrefOfRun(id: string): string;
}) {
  const { columns } = strings.history;
  return (
    <table className="table runs-table" aria-label={strings.history.table}>
      <thead>
        <tr>
          <th className="col-status">{columns.status}</th>
          <th className="col-name">{columns.name}</th>
          <th className="col-model">{columns.model}</th>
          <th className="col-data">{columns.data}</th>
          <th className="col-masking">{columns.masking}</th>
          <th className="col-steps num">{columns.steps}</th>
          <th className="col-loss num">{columns.loss}</th>
          <th className="col-duration num">{columns.duration}</th>
          <th className="col-started" aria-sort="descending">
            {columns.started}
          </th>
        </tr>
      </thead>
      <tbody>
        {newestFirst(runs).map(run => (
          <RunRow key={run.id} run={run} href={hrefOfRun(run.id)} />
        ))}
      </tbody>
    </table>
  );
}

function RunRow({ run, href }: { readonly run: RunSummary; readonly href: string }) {
  const { none } = strings.history;
  const steps = [run.stepsDone, run.plannedSteps].map(formatCount).join(' / ');
  const losses = [run.firstLoss, run.lastLoss].map(loss => (loss === null ? none : formatLoss(loss)));
  return (
    <tr>
      <td className="col-status">
        <RunStatusWord status={run.status} />
      </td>
      <td className="col-name">
        <a href={href}>{run.name}</a>
      </td>
      <td className="col-model">{run.modelName}</td>
      <td className="col-data">{run.dataName}</td>
      <td className="col-masking">{run.masking}</td>
      <td className="col-steps num">{steps}</td>
      <td className="col-loss num">{losses.join(' → ')}</td>
      <td className="col-duration num">{run.durationMs === null ? none : formatElapsed(run.durationMs)}</td>
      <td className="col-started">
        <time dateTime={run.createdAt}>{formatStarted(run.createdAt, new Date())}</time>
      </td>
    </tr>
  );
}

function newestFirst(runs: readonly RunSummary[]): readonly RunSummary[] {
  return [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}
