/** The run's name, status, progress and time, and the buttons that steer it. */
import { useEffect, useState } from 'react';
import type { RunDetails, RunSummary } from '../../../src-shared/domain/run.ts';
import { formatCount } from '../../format/numbers.ts';
import { formatElapsed, formatForecast, formatStarted } from '../../format/times.ts';
import { runPageStrings } from '../../strings/run-page.ts';
import { strings } from '../../strings.ts';
import { Progress } from '../../ui/progress.tsx';
import { RunStatusBadge } from '../../ui/run-status.tsx';
import { forecastRemainingMs } from './forecast.ts';
import type { RecipeFacts } from './recipe-facts.ts';
import { RunControls } from './run-controls.tsx';
import { isActive, isPaused, type RunState, statusOf, stepsDone } from './run-state.ts';
import { lastValue } from './step-columns.ts';
import { useRunPhase } from './use-run-phase.ts';

interface RunHeaderProps {
  readonly run: RunState;
  readonly record: Pick<
    RunDetails,
    'id' | 'name' | 'createdAt' | 'endedAt' | 'plannedSteps' | 'recipe' | 'resumptions'
  >;
  readonly listed: RunSummary | null | undefined;
  /** The name of another run that has the device, null where there is none. */
  readonly busyWith: string | null;
  readonly facts: RecipeFacts;
}

export function RunHeader({ run, record, listed, busyWith, facts }: RunHeaderProps) {
  const status = statusOf(run);
  const phase = useRunPhase(record.id);
  const started = formatStarted(record.createdAt, new Date());
  return (
    <header className="run-head">
      <div className="run-name">
        <div className="row">
          <h1 className="clip">{listed?.name ?? record.name}</h1>
          {status && <RunStatusBadge status={status} isPaused={isPaused(run)} />}
          {phase && <span className="small soft run-phase">{runPageStrings.phases[phase]}</span>}
        </div>
        <p className="small quiet clip">
          {listed ? strings.run.subtitle(listed.modelName, listed.dataName, started) : started}
        </p>
      </div>
      <RunProgress run={run} record={record} facts={facts} />
      <RunControls run={run} record={record} busyWith={busyWith} />
    </header>
  );
}

function RunProgress({ run, record, facts }: Omit<RunHeaderProps, 'listed' | 'busyWith'>) {
  const { plannedSteps } = record;
  const done = stepsDone(run);
  const epoch = lastValue(run.steps, 'epoch') ?? 0;
  const stepText = strings.run.step(formatCount(done), formatCount(plannedSteps));
  const remaining = isActive(statusOf(run)) ? forecastRemainingMs(run.steps, plannedSteps) : null;
  const inAll = useElapsedMs(run, record);
  const training = lastValue(run.steps, 'elapsedMs');
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
        <span className="soft" title={strings.run.timesHelp}>
          <strong>{formatElapsed(inAll)}</strong> {strings.run.inAll}
          {remaining !== null
            ? `, ${strings.run.left(formatForecast(remaining))}`
            : training !== undefined && `, ${strings.run.ofItTraining(formatElapsed(training))}`}
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

/** Ticks once a second while the run goes on; afterwards the time that it trained, pauses left out. */
function useElapsedMs(
  run: RunState,
  record: Pick<RunDetails, 'createdAt' | 'endedAt' | 'resumptions'>,
): number {
  const isRunning = isActive(statusOf(run));
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  const resumption = record.resumptions.at(-1);
  const startedAt = resumption
    ? Date.parse(resumption.at) - resumption.savedMs
    : Date.parse(record.createdAt);
  if (isRunning) return now - startedAt;
  return record.endedAt ? Date.parse(record.endedAt) - startedAt : (lastValue(run.steps, 'elapsedMs') ?? 0);
}
