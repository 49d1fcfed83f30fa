/** The runs: found, sorted, grouped and looked at in any columns; a click opens one, and chosen ones are worked on. */
import { History, SearchX, Trash2 } from 'lucide-react';
import { usePlotSoon } from '../../plots/load-plot.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { strings as common } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ChosenPanel } from './chosen-panel.tsx';
import './history.css';
import { ImportMenu } from './import-menu.tsx';
import { RemovedNotice } from './removed-notice.tsx';
import { RunsTable } from './runs-table.tsx';
import { RunsToolbar } from './runs-toolbar.tsx';
import { useChosenRuns } from './use-chosen-runs.ts';
import { useRunActions } from './use-run-actions.ts';
import { useRunPages } from './use-run-pages.ts';
import { NO_FILTERS, useRunView } from './use-run-view.ts';

interface HistoryPageProps {
  hrefOfRun(id: string): string;
  onNewRun(): void;
  onCompare(ids: readonly string[]): void;
}

export function HistoryPage({ hrefOfRun, onNewRun, onCompare }: HistoryPageProps) {
  const look = useRunView();
  const { view, change } = look;
  const shown = useRunPages(look.choice);
  const chosen = useChosenRuns(shown, view.isDeleted);
  const actions = useRunActions(shown.reload);
  const isAnswered = shown.choice !== null;
  usePlotSoon();
  if (isAnswered && shown.total === 0 && shown.deleted === 0 && shown.error === null) {
    return <NoRuns onNewRun={onNewRun} />;
  }
  return (
    <div className="history">
      {shown.error && (
        <ErrorCallout error={shown.error}>
          <Button onClick={shown.reload}>{common.app.retry}</Button>
        </ErrorCallout>
      )}
      {actions.error && <ErrorCallout error={actions.error} />}
      <RunsToolbar shown={shown} look={look} chosen={chosen.ids} />
      <div className="history-body">
        {isAnswered && shown.matches === 0 ? (
          <div className="grow">
            {view.isDeleted && shown.deleted === 0 ? (
              <EmptyState
                icon={Trash2}
                title={strings.noneDeleted}
                help={strings.noneDeletedHelp}
                action={<Button onClick={() => change({ isDeleted: false })}>{strings.showAll}</Button>}
              />
            ) : (
              <EmptyState
                icon={SearchX}
                title={strings.noneFound}
                help={strings.noneFoundHelp}
                action={<Button onClick={() => change(NO_FILTERS)}>{strings.showAll}</Button>}
              />
            )}
          </div>
        ) : (
          <RunsTable
            shown={shown}
            view={view}
            chosen={chosen}
            onSort={sorting => change({ sorting })}
            onPin={({ id, pinned }) => void actions.change(id, { pinned: !pinned })}
            hrefOfRun={hrefOfRun}
          />
        )}
        {chosen.ids.size > 0 && (
          <ChosenPanel
            chosen={chosen}
            isDeleted={view.isDeleted}
            actions={actions}
            hrefOfRun={hrefOfRun}
            onCompare={onCompare}
          />
        )}
      </div>
      <RemovedNotice actions={actions} />
    </div>
  );
}

function NoRuns({ onNewRun }: Pick<HistoryPageProps, 'onNewRun'>) {
  return (
    <div className="history">
      <header className="history-head">
        <h1>{strings.title}</h1>
      </header>
      <EmptyState
        icon={History}
        title={strings.empty}
        help={strings.emptyHelp}
        action={
          <div className="row row-wrap">
            <Button onClick={onNewRun}>{strings.emptyAction}</Button>
            <ImportMenu />
          </div>
        }
      />
    </div>
  );
}
