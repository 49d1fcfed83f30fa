/** What came of checking or starting: progress, the report, the refusal in words, or an error. */
import { useEffect, useRef } from 'react';
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import { strings } from '../../strings.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCallout } from '../../ui/callout.tsx';
import { ChecksReport } from './checks-report.tsx';
import type { LaunchState } from './use-launch.ts';

interface LaunchResultProps {
  readonly state: LaunchState;
  /** "the demo", or the recipe's path. */
  readonly sourceName: string;
  onCancel(): void;
}

export function LaunchResult({ state, sourceName, onCancel }: LaunchResultProps) {
  const result = useRef<HTMLDivElement>(null);
  const announce = useAnnounce();
  useEffect(() => {
    const text = announcementOf(state);
    if (text) announce(text);
    if (state.phase !== 'idle') result.current?.scrollIntoView({ block: 'nearest' });
  }, [state, announce]);

  if (state.phase === 'idle') return null;
  return (
    <div ref={result} className="launch-result">
      {state.phase === 'checking' || state.phase === 'starting' ? (
        <div className="launch-progress">
          <span className="spinner" aria-hidden="true" />
          <span className="grow">{strings.newRun[state.phase]}</span>
          <Button variant="quiet" onClick={onCancel}>
            {strings.newRun.cancel}
          </Button>
        </div>
      ) : state.phase === 'failed' ? (
        <ErrorCallout error={state.error} />
      ) : (
        <ChecksReport report={state.report} sourceName={sourceName} wasRefused={state.phase === 'refused'} />
      )}
    </div>
  );
}

function announcementOf(state: LaunchState): string | null {
  switch (state.phase) {
    case 'idle':
      return null;
    case 'checking':
    case 'starting':
      return strings.newRun[state.phase];
    case 'checked':
      return strings.announce.checked(state.report.status === 'blocked');
    case 'refused':
      return strings.announce.checked(true);
    case 'failed':
      return strings.announce.notStarted(state.error.title);
    default:
      return assertNever(state);
  }
}
