/** Stops a run that nobody wants to keep, and takes it out of the history. */
import { type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { BackendParts } from './backend-parts.ts';
import { deleteRuns } from './keep-history.ts';

type DiscardParts = Pick<BackendParts, 'store' | 'events' | 'now' | 'running'>;

/**
 * Resolves when the run is over and deleted, softly: its files stay and `runs.restore` brings it back. A run that is
 * over is deleted at once. Errors: `run.notFound`; `run.isRunning`, where another process runs it.
 */
export async function discardRun(parts: DiscardParts, id: string): Promise<Outcome<Record<string, never>>> {
  const running = parts.running.get(id);
  if (running) {
    await new Promise<void>(resolve => {
      const unwatch = parts.events.watch(id, event => {
        if (event.type !== 'finished') return;
        unwatch();
        resolve();
      });
      running.abort();
    });
  }
  const deleted = deleteRuns(parts, [id]);
  return deleted.ok ? ok({}) : deleted;
}
