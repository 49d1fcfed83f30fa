/** What happened in a run, newest first. */
import {
  Check,
  CircleCheck,
  CircleSlash,
  Flag,
  type LucideIcon,
  MessageSquare,
  OctagonAlert,
  Pause,
  Play,
  RotateCw,
  Save,
  Square,
  StepForward,
  TriangleAlert,
} from 'lucide-react';
import { useMemo, useState } from 'react';
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { formatStarted } from '../../format/times.ts';
import { strings } from '../../strings.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { buildLog, isProblem, type LogEntry } from './run-log.ts';
import type { RunState } from './run-state.ts';

const SHOWN_ENTRIES = 200;

export function EventsPanel({ run }: { readonly run: RunState }) {
  const [shown, setShown] = useState<'all' | 'problems'>('all');
  const entries = useMemo(() => buildLog(run), [run]);
  const problems = entries.filter(isProblem);
  const list = shown === 'all' ? entries : problems;
  return (
    <Card
      className="events"
      title={strings.log.title}
      actions={
        <Segmented<'all' | 'problems'>
          label={strings.log.filter}
          value={shown}
          onChange={setShown}
          options={[
            { value: 'all', label: strings.log.all },
            { value: 'problems', label: strings.log.problems(problems.length) },
          ]}
        />
      }
    >
      {list.length === 0 ? (
        <p className="events-empty quiet">{shown === 'all' ? strings.log.empty : strings.log.noProblems}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable list must be reachable by keyboard
        <ol className="log" aria-label={strings.log.title} tabIndex={0}>
          {list.slice(0, SHOWN_ENTRIES).map((entry, i) => (
            <Entry key={keyOf(entry, i)} entry={entry} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function Entry({ entry }: { readonly entry: LogEntry }) {
  const { icon: Icon, tone } = lookOf(entry);
  return (
    <li>
      <span className="log-step" aria-hidden="true">
        {entry.step === null ? '' : formatCount(entry.step)}
      </span>
      <Icon className={tone === 'neutral' ? 'quiet' : tone} size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="wrap">
        {entry.step !== null && (
          <span className="sr-only">{strings.log.step(formatCount(entry.step))}: </span>
        )}
        {textOf(entry)}
      </span>
    </li>
  );
}

function textOf(entry: LogEntry): string {
  switch (entry.kind) {
    case 'epoch':
      return strings.log.epoch(entry.epoch);
    case 'evaluation':
      return strings.log.evaluation(formatLoss(entry.loss), entry.isBest, entry.isKept);
    case 'sample':
      return `${strings.log.sample(entry.prompt)} ${entry.text}`;
    case 'warning':
    case 'extended':
      return entry.message;
    case 'failed':
      return entry.error ? `${strings.log.failed}. ${entry.error.title}` : strings.log.failed;
    case 'resumed': {
      const at = formatStarted(entry.at, new Date());
      return entry.step === 0 ? strings.log.startedAnew(at) : strings.log.resumed(at);
    }
    case 'started':
    case 'checkpoint':
    case 'notFinite':
    case 'completed':
    case 'stopped':
    case 'paused':
    case 'interrupted':
      return strings.log[entry.kind];
    default:
      return assertNever(entry);
  }
}

function lookOf(entry: LogEntry): { readonly icon: LucideIcon; readonly tone: Tone } {
  switch (entry.kind) {
    case 'started':
      return { icon: Play, tone: 'neutral' };
    case 'epoch':
      return { icon: Flag, tone: 'neutral' };
    case 'evaluation':
      return { icon: CircleCheck, tone: entry.isBest ? 'ok' : 'neutral' };
    case 'checkpoint':
      return { icon: Save, tone: 'neutral' };
    case 'sample':
      return { icon: MessageSquare, tone: 'neutral' };
    case 'notFinite':
      return { icon: CircleSlash, tone: 'error' };
    case 'extended':
      return { icon: StepForward, tone: 'neutral' };
    case 'warning':
    case 'interrupted':
      return { icon: TriangleAlert, tone: 'warn' };
    case 'completed':
      return { icon: Check, tone: 'ok' };
    case 'stopped':
      return { icon: Square, tone: 'neutral' };
    case 'paused':
      return { icon: Pause, tone: 'accent' };
    case 'resumed':
      return { icon: RotateCw, tone: 'neutral' };
    case 'failed':
      return { icon: OctagonAlert, tone: 'error' };
    default:
      return assertNever(entry);
  }
}

/** Entries of one kind and step differ in their text only where several were made at once. */
function keyOf(entry: LogEntry, index: number): string {
  return entry.step === null || entry.kind === 'sample' || entry.kind === 'resumed'
    ? `${entry.kind} ${index}`
    : `${entry.kind} ${entry.step}`;
}
