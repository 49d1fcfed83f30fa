/** What a run is doing, as its process says. */
import { useEffect, useState } from 'react';
import type { RunPhase } from '../../../src-shared/domain/training.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';

/** Null where it does nothing in the process that serves this page. */
export function useRunPhase(id: string): RunPhase | null {
  const client = useBackend();
  const [phase, setPhase] = useState<RunPhase | null>(null);
  useEffect(
    () => client.subscribe('run.phase', { id }, { event: event => setPhase(event.phase) }),
    [client, id],
  );
  return phase;
}
