/** Follows one run while the page shows it. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { createRunFeed, type RunFeedView } from './run-feed.ts';
import { isActive, statusOf } from './run-state.ts';

/** `listed` is the run in the list of runs, undefined until it is known: an end that no event told of shows there. */
export function useRunFeed(
  id: string,
  listed: RunSummary | null | undefined,
): RunFeedView & { reload(): void } {
  const client = useBackend();
  const feed = useMemo(() => createRunFeed(client, id, requestAnimationFrame), [client, id]);
  const view = useSyncExternalStore(feed.subscribe, feed.getView);
  useEffect(() => feed.start(), [feed]);

  const status = statusOf(view.run);
  const hasEndedUnseen = listed && !isActive(listed.status) && isActive(status);
  useEffect(() => {
    if (hasEndedUnseen) feed.reload();
  }, [feed, hasEndedUnseen]);

  // A run that leaves the list was deleted, in whichever window; one that comes back was restored.
  const isListed = listed === undefined ? undefined : listed !== null;
  const wasListed = useRef(isListed);
  useEffect(() => {
    if (isListed === undefined) return;
    if (wasListed.current !== undefined && wasListed.current !== isListed) feed.reload();
    wasListed.current = isListed;
  }, [feed, isListed]);

  return { ...view, reload: feed.reload };
}
