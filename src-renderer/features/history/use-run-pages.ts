/** The runs of a question in React: pages as they come near the window, asked again when runs change. */
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type { RunsChoice } from '../../../src-shared/domain/run-list.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { useRunsChanged } from '../../backend-client/use-runs.ts';
import { createRunPages, PAGE_RUNS, type RunPagesView } from './run-pages.ts';

export interface ShownRuns extends RunPagesView {
  /** Null while it is on its way. */
  runAt(place: number): RunSummary | null;
  need(places: readonly number[]): void;
  reload(): void;
}

/** `choice` is to stay the same while the question does. */
export function useRunPages(choice: RunsChoice): ShownRuns {
  const client = useBackend();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is asked for below
  const pages = useMemo(() => {
    const made = createRunPages(client);
    // The answer comes while the table around it is made.
    made.ask(choice);
    return made;
  }, [client]);
  const view = useSyncExternalStore(pages.subscribe, pages.getView);
  useEffect(() => {
    pages.ask(choice);
    return pages.stop;
  }, [pages, choice]);
  useRunsChanged(pages.reload);
  const runAt = useCallback(
    (place: number) => view.pages.get(Math.floor(place / PAGE_RUNS))?.[place % PAGE_RUNS] ?? null,
    [view],
  );
  return { ...view, runAt, need: pages.need, reload: pages.reload };
}
