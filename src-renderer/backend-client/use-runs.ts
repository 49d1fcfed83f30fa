/** The list of runs, kept true by the backend's own word that it changed. */
import { useEffect } from 'react';
import type { RunSummary } from '../../src-shared/domain/run.ts';
import { type QueryResult, useBackend, useQuery } from './backend-context.tsx';

export function useRuns(): QueryResult<{ runs: RunSummary[] }> {
  const client = useBackend();
  const query = useQuery('runs.list', {});
  const { reload } = query;
  useEffect(() => {
    const reloadSoon = atMostEvery(RELOAD_INTERVAL_MS, reload);
    const unsubscribe = client.subscribe('runs.changed', {}, { event: reloadSoon.call, standing: reload });
    return () => {
      unsubscribe();
      reloadSoon.cancel();
    };
  }, [client, reload]);
  return query;
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
