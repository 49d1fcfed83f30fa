/** Some of the runs, kept true by the backend's own word that they changed. */
import { useEffect, useMemo } from 'react';
import type { RunSummary } from '../../src-shared/domain/run.ts';
import { ALL_RUNS, type RunsPage, type RunsQuestion } from '../../src-shared/domain/run-list.ts';
import { type QueryResult, useBackend, useQuery } from './backend-context.tsx';

/** One page of the runs; null asks for none. */
export function useRuns(question: RunsQuestion | null): QueryResult<RunsPage> {
  const query = useQuery('runs.list', question);
  useRunsChanged(query.reload);
  return query;
}

const UNDER_WAY: RunsQuestion = { ...ALL_RUNS, statuses: ['running', 'draft'] };
const NONE: readonly RunSummary[] = [];

/** Those that train or are about to, the newest first. */
export function useRunsUnderWay(): readonly RunSummary[] {
  const query = useRuns(UNDER_WAY);
  return query.status === 'ready' ? query.value.runs : NONE;
}

/** Null where there is no such run (any more), undefined until that is known. */
export function useListedRun(id: string | null): RunSummary | null | undefined {
  const question = useMemo(() => (id === null ? null : { ...ALL_RUNS, ids: [id] }), [id]);
  const query = useRuns(question);
  if (id === null || query.status !== 'ready') return undefined;
  const [run = null] = query.value.runs;
  // The answer for the run before stays until the next one is there.
  return run === null || run.id === id ? run : undefined;
}

/** `onChange` is to stay the same: called soon after changes, however many, and after each reconnection. */
export function useRunsChanged(onChange: () => void): void {
  const client = useBackend();
  useEffect(() => {
    const changeSoon = atMostEvery(RELOAD_INTERVAL_MS, onChange);
    const unsubscribe = client.subscribe(
      'runs.changed',
      {},
      { event: changeSoon.call, standing: changeSoon.call },
    );
    return () => {
      unsubscribe();
      changeSoon.cancel();
    };
  }, [client, onChange]);
}

const RELOAD_INTERVAL_MS = 500;

/** Gathers a burst of calls into one at its end. */
function atMostEvery(intervalMs: number, action: () => void): { call(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    call() {
      timer ??= setTimeout(() => {
        timer = undefined;
        action();
      }, intervalMs);
    },
    cancel: () => clearTimeout(timer),
  };
}
