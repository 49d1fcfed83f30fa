/** The last lines that a run's trainer wrote, followed while it writes. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { ProcessExit } from '../../../src-shared/domain/run.ts';
import { useQuery } from '../../backend-client/backend-context.tsx';
import { runPageStrings } from '../../strings/run-page.ts';
import { strings } from '../../strings.ts';
import { Card } from '../../ui/card.tsx';

const words = runPageStrings.log;
const ASK_EVERY_MS = 2_000;

interface LogCardProps {
  readonly id: string;
  readonly isActive: boolean;
  /** How the process ended, where it did not end by itself. */
  readonly exit: ProcessExit | null;
}

export function LogCard({ id, isActive, exit }: LogCardProps) {
  const log = useQuery('runs.log', { id });
  const { reload } = log;
  useEffect(() => {
    // The last lines are written when a run ends.
    reload();
    if (!isActive) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isActive, reload]);
  if (log.status !== 'ready') return null;
  const { path, isCut } = log.value;
  // Runs of earlier versions have no file, but the last lines of a process that died.
  const lines = log.value.lines.length > 0 ? log.value.lines : (exit?.lastLines ?? []);
  if (lines.length === 0 && !isActive) return null;
  const ends = exit === null ? [] : endsOf(exit);
  const fact = isActive ? words.follows : ends.join(', ');
  return (
    <Card title={words.title} actions={fact !== '' && <span className="small soft">{fact}</span>}>
      <div className="card-body log-lines">
        {lines.length === 0 ? <p className="soft">{words.none}</p> : <Lines text={lines.join('\n')} />}
        {isCut && path !== null && <p className="small soft wrap">{words.earlier(path)}</p>}
      </div>
    </Card>
  );
}

function endsOf({ exitCode, signal }: ProcessExit): readonly string[] {
  return [
    ...(exitCode === null ? [] : [strings.result.exit(String(exitCode))]),
    ...(signal === null ? [] : [strings.result.signal(signal)]),
  ];
}

const NEAR_THE_END_PX = 24;

/** Stands at its end, and stays there while lines come, unless someone reads further up. */
function Lines({ text }: { readonly text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more text is what moves the end
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable text must be reachable by keyboard
      tabIndex={0}
      ref={box}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollHeight - clientHeight - scrollTop < NEAR_THE_END_PX;
      }}
    >
      {text}
    </pre>
  );
}
