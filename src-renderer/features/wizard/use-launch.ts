/** Starting a run: the backend prepares, checks and refuses, or answers with the run's id. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RecipeSource } from '../../../src-shared/contract/procedures.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { strings } from '../../strings.ts';
import { useAnnounce } from '../../ui/announcer.tsx';

export interface Launch {
  readonly isLaunching: boolean;
  readonly error: CodedError | null;
  start(source: RecipeSource): void;
  cancel(): void;
}

export function useLaunch(onStarted: (id: string) => void): Launch {
  const client = useBackend();
  const announce = useAnnounce();
  const [isLaunching, setIsLaunching] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const start = useCallback(
    async (source: RecipeSource) => {
      asking.current?.abort();
      const abort = new AbortController();
      asking.current = abort;
      setError(null);
      setIsLaunching(true);
      announce(strings.newRun.starting);
      const outcome = await client.call('runs.start', source, { signal: abort.signal });
      if (abort.signal.aborted) return;
      setIsLaunching(false);
      if (outcome.ok) {
        onStarted(outcome.value.id);
        return;
      }
      setError(outcome.error);
      announce(strings.announce.notStarted(outcome.error.title));
    },
    [client, announce, onStarted],
  );
  const cancel = useCallback(() => {
    asking.current?.abort();
    setIsLaunching(false);
  }, []);
  return { isLaunching, error, start: source => void start(source), cancel };
}
