/** The queue of runs, kept true by the backend's own word that it changed. */
import { useEffect } from 'react';
import type { ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import { type QueryResult, useBackend, useQuery } from './backend-context.tsx';

export function useQueue(): QueryResult<ProcedureOutput<'queue.list'>> {
  const client = useBackend();
  const query = useQuery('queue.list', {});
  const { reload } = query;
  useEffect(() => {
    const unwatch = [
      client.subscribe('queue.changed', {}, { event: reload, standing: reload }),
      client.subscribe('runs.changed', {}, { event: reload }),
    ];
    return () => {
      for (const stop of unwatch) stop();
    };
  }, [client, reload]);
  return query;
}
