/** One run, live or past: header, plots, what came of it, figures and events. All of it comes from the backend. */
import { Activity } from 'lucide-react';
import { type ReactNode, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { usePlotSoon } from '../../plots/load-plot.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { AnnotateCard } from './annotate-card.tsx';
import { AnswersCard } from './answers-card.tsx';
import { CostTable } from './cost-table.tsx';
import { EventsPanel } from './events-panel.tsx';
import { FamilyCard } from './family-card.tsx';
import { LogCard } from './log-card.tsx';
import { MadeWithCard } from './made-with-card.tsx';
import { recipeFacts } from './recipe-facts.ts';
import { RemovedRun } from './removed-run.tsx';
import { RepetitionNotice } from './repetition-notice.tsx';
import { ResultCard } from './result-card.tsx';
import './run-page.css';
import { RunEndNotice } from './run-end-notice.tsx';
import { RunFigures } from './run-figures.tsx';
import { RunHeader } from './run-header.tsx';
import { RunPlots } from './run-plots.tsx';
import {
  adapterPathOf,
  bestAdapterPathOf,
  isActive,
  type RunRecord,
  type RunState,
  statusOf,
} from './run-state.ts';
import { useMilestones } from './use-milestones.ts';
import { useRunFeed } from './use-run-feed.ts';
import { WorstCard } from './worst-card.tsx';

interface RunPageProps {
  readonly id: string;
  /** The run as the list of runs has it; null where that has none, undefined until it is known. */
  readonly listed: RunSummary | null | undefined;
  readonly chatHref: string;
  readonly worstHref: string;
  /** What takes the run's result elsewhere. */
  readonly exportPanel: ExportPanel;
  /** The name of another run that has the device, null where there is none. */
  readonly busyWith: string | null;
}

type ExportPanel = (hasAdapter: boolean, hasBest: boolean) => ReactNode;

export function RunPage({ id, ...rest }: RunPageProps) {
  const { listed } = rest;
  const { run, error, reload } = useRunFeed(id, listed);
  useMilestones(run);
  usePlotSoon();
  // A long run is drawn in slices between which the page stays responsive.
  const shown = useDeferredValue(run);
  if (shown.record && error?.code === 'run.notFound') {
    return <RemovedRun id={id} name={shown.record.name} onRestored={reload} />;
  }
  if (shown.record) return <Run run={shown} record={shown.record} {...rest} />;
  return (
    <div className="page">
      <h1>{listed?.name ?? strings.run.open}</h1>
      {error ? (
        <ErrorCallout error={error}>
          <Button onClick={reload}>{strings.app.retry}</Button>
        </ErrorCallout>
      ) : (
        <p className="quiet">{strings.app.loading}</p>
      )}
    </div>
  );
}

interface RunProps extends Omit<RunPageProps, 'id'> {
  readonly run: RunState;
  readonly record: RunRecord;
}

function Run({ run, record, listed, chatHref, worstHref, exportPanel, busyWith }: RunProps) {
  const facts = useMemo(() => recipeFacts(record.recipe), [record.recipe]);
  const isOver = !isActive(statusOf(run));
  const isWhole = useSoon();
  return (
    <div className="run">
      <RunHeader run={run} record={record} listed={listed} busyWith={busyWith} facts={facts} />
      <div className="run-body">
        <div className="run-main">
          {isOver && <RunEndNotice run={run} />}
          {isOver && <RepetitionNotice run={run} />}
          <RunPlots run={run} plannedSteps={record.plannedSteps} facts={facts} />
          {isOver && <ResultCard run={run} />}
          {isWhole && (
            <>
              {isOver && adapterPathOf(run) !== null && (
                <AnswersCard id={record.id} name={record.name} chatHref={chatHref} />
              )}
              {isOver && adapterPathOf(run) !== null && <WorstCard href={worstHref} />}
              {isOver && exportPanel(adapterPathOf(run) !== null, bestAdapterPathOf(run) !== null)}
              <AnnotateCard record={record} listed={listed} />
              <MadeWithCard record={record} checkpoints={run.checkpoints} />
              <LogCard id={record.id} isActive={!isOver} exit={record.processExit} />
            </>
          )}
        </div>
        <aside className="run-side" aria-label={strings.run.figures}>
          <RunFigures run={run} />
          <FamilyCard record={record} />
          <CostTable run={run} estimate={record.preflight.estimate} />
          <EventsPanel run={run} />
        </aside>
      </div>
    </div>
  );
}

/** True when the page has nothing more urgent to do: its curves are drawn before what stands below them is made. */
function useSoon(): boolean {
  const [isSoon, setIsSoon] = useState(false);
  useEffect(() => {
    const asked = requestIdleCallback(() => setIsSoon(true), { timeout: LONGEST_WAIT_MS });
    return () => cancelIdleCallback(asked);
  }, []);
  return isSoon;
}

const LONGEST_WAIT_MS = 500;

/** Stands where a live run would be. */
export function NoLiveRun({ onNewRun }: { onNewRun(): void }) {
  return (
    <div className="page">
      <h1 className="sr-only">{strings.app.live}</h1>
      <EmptyState
        icon={Activity}
        title={strings.run.none}
        help={strings.run.noneHelp}
        action={<Button onClick={onNewRun}>{strings.app.newRun}</Button>}
      />
    </div>
  );
}
