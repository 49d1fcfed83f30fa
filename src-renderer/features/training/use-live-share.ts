/** How far the run under way is, for the title of a browser's tab; the desktop app has the task bar for that. */
import { useEffect, useState } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { desktop } from '../../backend-client/desktop.ts';

/** In whole percent; null where nothing trains. */
export function useLiveShare(run: RunSummary | undefined): number | null {
  const client = useBackend();
  const [done, setDone] = useState<{ readonly id: string; readonly step: number } | null>(null);
  const id = run?.id;
  useEffect(() => {
    if (id === undefined || desktop) return;
    return client.subscribe(
      'run.events',
      { id },
      {
        event: events => {
          const step = events.findLast(event => event.type === 'step');
          if (step?.type === 'step') setDone({ id, step: step.step });
        },
      },
    );
  }, [client, id]);
  if (!run || desktop || run.plannedSteps === 0) return null;
  const step = done?.id === run.id ? done.step : run.stepsDone;
  return Math.floor((100 * step) / run.plannedSteps);
}
