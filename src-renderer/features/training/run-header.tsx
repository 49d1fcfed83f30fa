/** The run's name, status, progress and time, and the button that stops it. */
import { Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunDetails, RunSummary } from '../../../src-shared/domain/run.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { CommandButton } from '../../commands/command-button.tsx';
import { useCommand } from '../../commands/use-commands.tsx';
import { formatCount } from '../../format/numbers.ts';
import { formatElapsed, formatForecast, formatStarted } from '../../format/times.ts';
import { strings } from '../../strings.ts';
import { ErrorCallout } from '../../ui/callout.tsx';
import { Progress } from '../../ui/progress.tsx';
import { RunStatusBadge } from '../../ui/run-status.tsx';
import { forecastRemainingMs } from './forecast.ts';
import type { RecipeFacts } from './recipe-facts.ts';
import { isActive, type RunState, statusOf, stepsDone } from './run-state.ts';
import { lastValue } from './step-columns.ts';
import { UseRecipeButton } from './use-recipe-button.tsx';

interface RunHeaderProps {
  readonly run: RunState;
  readonly record: Pick<RunDetails, 'id' | 'name' | 'createdAt' | 'endedAt' | 'plannedSteps' | 'recipe'>;
  readonly listed: RunSummary | null;
  readonly facts: RecipeFacts;
}

export function RunHeader({ run, record, listed, facts }: RunHeaderProps) {
  const status = statusOf(run);
  const started = formatStarted(record.createdAt, new Date());
  return (
    <header className="run-head">
      <div className="run-name">
        <div className="row">
          <h1 className="clip">{record.name}</h1>
          {status && <RunStatusBadge status={status} />}
        </div>
        <p className="small quiet clip">
          {listed ? strings.run.subtitle(listed.modelName, listed.dataName, started) : started}
        </p>
      </div>
      <RunProgress run={run} record={record} facts={facts} />
      {!isActive(status) && <UseRecipeButton recipe={record.recipe} />}
      {isActive(status) && <StopButton id={record.id} step={stepsDone(run)} />}
    </header>
  );
}

function RunProgress({ run, record, facts }: Omit<RunHeaderProps, 'listed'>) {
  const { plannedSteps } = record;
  const done = stepsDone(run);
  const epoch = lastValue(run.steps, 'epoch') ?? 0;
  const stepText = strings.run.step(formatCount(done), formatCount(plannedSteps));
  const remaining = isActive(statusOf(run)) ? forecastRemainingMs(run.steps, plannedSteps) : null;
  const elapsed = useElapsedMs(run, record);
  const { epochs } = facts;
  return (
    <div className="run-progress">
      <div className="row row-wrap run-progress-words">
        <span>
          <strong>{stepText}</strong>
          {epochs !== null && (
            <span className="soft">
              , {strings.run.epoch(epochInWords(epoch, epochs), formatCount(epochs))}
            </span>
          )}
        </span>
        <span className="soft">
          <strong>{formatElapsed(elapsed)}</strong> {strings.run.elapsed}
          {remaining !== null && `, ${strings.run.left(formatForecast(remaining))}`}
        </span>
      </div>
      <Progress
        label={strings.run.progress}
        valueText={stepText}
        value={done}
        max={plannedSteps}
        ticks={epochTicks(epochs)}
      />
    </div>
  );
}

/** The epoch under way, counted from 1. */
function epochInWords(done: number, epochs: number): string {
  return String(Math.min(Math.max(1, Math.ceil(epochs)), Math.floor(done + 1e-6) + 1));
}

const MOST_TICKS = 12;

function epochTicks(epochs: number | null): readonly number[] {
  if (epochs === null || epochs > MOST_TICKS) return [];
  return Array.from({ length: Math.max(0, Math.ceil(epochs) - 1) }, (_, i) => (i + 1) / epochs);
}

function StopButton({ id, step }: { readonly id: string; readonly step: number }) {
  const client = useBackend();
  const [state, setState] = useState<{ isStopping: boolean; error: CodedError | null }>({
    isStopping: false,
    error: null,
  });
  const title = step === 0 ? strings.run.stop : strings.run.stopAndKeep(formatCount(step));
  const stop = useCommand({
    id: 'run.stop',
    title: state.isStopping ? strings.run.stopping : title,
    enabled: !state.isStopping,
    run: async () => {
      setState({ isStopping: true, error: null });
      const outcome = await client.call('runs.stop', { id });
      if (!outcome.ok) setState({ isStopping: false, error: outcome.error });
    },
  });
  return (
    <>
      <CommandButton command={stop} icon={Square} />
      {state.error && (
        <div className="run-head-error">
          <ErrorCallout error={state.error} />
        </div>
      )}
    </>
  );
}

/** Ticks once a second while the run goes on; afterwards the time that it took. */
function useElapsedMs(run: RunState, record: Pick<RunDetails, 'createdAt' | 'endedAt'>): number {
  const isRunning = isActive(statusOf(run));
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  const startedAt = Date.parse(record.createdAt);
  if (isRunning) return now - startedAt;
  return record.endedAt ? Date.parse(record.endedAt) - startedAt : (lastValue(run.steps, 'elapsedMs') ?? 0);
}
