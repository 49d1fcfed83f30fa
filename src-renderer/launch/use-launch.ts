/** Starting a run: the backend prepares, checks and refuses, or answers with the run's id; while it is busy, the run queues. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput } from '../../src-shared/contract/procedures.ts';
import type { RecipeSource } from '../../src-shared/contract/recipe-source.ts';
import { useBackend } from '../backend-client/backend-context.tsx';
import { queueStrings } from '../strings/queue.ts';
import { strings } from '../strings.ts';
import { useAnnounce } from '../ui/announcer.tsx';

export interface Launch {
  readonly isLaunching: boolean;
  readonly error: CodedError | null;
  /** Why the run waits in the queue, where it does. */
  readonly queued: string | null;
  /** `accepted`: what a past run is trained once more with nevertheless. */
  start(source: RecipeSource, accepted?: Accepted): void;
  enqueue(source: RecipeSource): void;
  /** Ends the preparation, and forgets why the last start was refused. */
  cancel(): void;
}

/** A past run is trained once more also where its files have changed since, or where it was extended. */
export type Accepted = ProcedureInput<'runs.again'>['accepted'];
export const NOTHING_ACCEPTED: Accepted = { changes: false, extension: false };

export function useLaunch(onStarted: (id: string) => void): Launch {
  const client = useBackend();
  const announce = useAnnounce();
  const [isLaunching, setIsLaunching] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const [queued, setQueued] = useState<string | null>(null);
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const add = useCallback(
    async (source: RecipeSource, words: string) => {
      setError(null);
      const outcome = await client.call('queue.add', source);
      setQueued(outcome.ok ? words : null);
      if (!outcome.ok) setError(outcome.error);
      announce(outcome.ok ? words : strings.announce.notStarted(outcome.error.title));
    },
    [client, announce],
  );
  const start = useCallback(
    async (source: RecipeSource, accepted: Accepted = NOTHING_ACCEPTED) => {
      asking.current?.abort();
      const abort = new AbortController();
      asking.current = abort;
      setError(null);
      setQueued(null);
      setIsLaunching(true);
      announce(strings.newRun.starting);
      const { signal } = abort;
      const outcome = await (source.kind === 'again'
        ? client.call('runs.again', { id: source.id, accepted }, { signal })
        : client.call('runs.start', source, { signal }));
      if (abort.signal.aborted) return;
      setIsLaunching(false);
      if (outcome.ok) {
        onStarted(outcome.value.id);
        return;
      }
      if (outcome.error.code === 'compute.busy') {
        await add(source, queueStrings.isBusy);
        return;
      }
      setError(outcome.error);
      announce(strings.announce.notStarted(outcome.error.title));
    },
    [client, announce, onStarted, add],
  );
  const cancel = useCallback(() => {
    asking.current?.abort();
    setIsLaunching(false);
    setError(null);
  }, []);
  return {
    isLaunching,
    error,
    queued,
    start: (source, accepted) => void start(source, accepted),
    enqueue: source => void add(source, queueStrings.isAdded),
    cancel,
  };
}
