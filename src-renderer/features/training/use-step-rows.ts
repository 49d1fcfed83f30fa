/** A run's steps for a table, newest first: those that the page has, and pages of the others as they are looked at. */
import { useEffect, useMemo, useState } from 'react';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import type { RunState } from './run-state.ts';
import { rowAt, rowsBehind } from './step-columns.ts';

const PAGE_STEPS = 200;
const NO_PAGES: ReadonlyMap<number, readonly StepMetric[]> = new Map();

export interface StepRows {
  readonly count: number;
  /** Null while it is on its way. `place` 0 is the newest step. */
  rowAt(place: number): StepMetric | null;
}

/** `window`: the places that are looked at; `to` is exclusive. */
export function useStepRows(run: RunState, window: { readonly from: number; readonly to: number }): StepRows {
  const client = useBackend();
  const [pages, setPages] = useState(NO_PAGES);
  const { recorded, means, steps } = run;
  const isWhole = means.step.length === 0;
  const id = run.record?.id ?? null;
  const newer = useMemo(
    () => (isWhole ? [] : rowsBehind(steps, recorded.lastStep)),
    [isWhole, steps, recorded],
  );
  const count = isWhole ? steps.length : recorded.count + newer.length;
  // A record that was read again may have other steps at the same places.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another record, other pages
  useEffect(() => setPages(NO_PAGES), [id, recorded]);

  const [firstPage, lastPage] = [count - window.to, count - 1 - window.from].map(index =>
    Math.floor(Math.max(0, Math.min(index, recorded.count - 1)) / PAGE_STEPS),
  );
  useEffect(() => {
    if (isWhole || id === null || window.to <= window.from) return;
    const abort = new AbortController();
    for (let page = firstPage ?? 0; page <= (lastPage ?? 0); page++) {
      if (pages.has(page)) continue;
      const question = { id, offset: page * PAGE_STEPS, count: PAGE_STEPS };
      void client.call('runs.steps', question, { signal: abort.signal }).then(answer => {
        if (!answer.ok || abort.signal.aborted) return;
        setPages(known => new Map(known).set(page, answer.value.steps));
      });
    }
    return () => abort.abort();
  }, [client, id, isWhole, firstPage, lastPage, pages, window.from, window.to]);

  return {
    count,
    rowAt(place) {
      const index = count - 1 - place;
      if (isWhole) return rowAt(steps, index);
      if (index >= recorded.count) return newer[index - recorded.count] ?? null;
      return pages.get(Math.floor(index / PAGE_STEPS))?.[index % PAGE_STEPS] ?? null;
    },
  };
}
