/** How the table is looked at now: remembered on this machine, so that it is the same after a reload. */
import { useCallback, useMemo, useState } from 'react';
import type { RunsChoice } from '../../../src-shared/domain/run-list.ts';
import { DEFAULT_VIEW, type RunView, runViewSchema } from '../../../src-shared/domain/run-view.ts';

const STORAGE_KEY = 'luthier.history';

export interface ShownView {
  readonly view: RunView;
  /** What the view asks for; the same while that does not change. */
  readonly choice: RunsChoice;
  change(part: Partial<RunView>): void;
}

export function useRunView(): ShownView {
  const [view, setView] = useState(storedView);
  const change = useCallback((part: Partial<RunView>) => {
    setView(before => {
      const next = { ...before, ...part };
      localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
      return next;
    });
  }, []);
  const { columns: _columns, ...asked } = view;
  const askedJson = JSON.stringify(asked);
  const choice = useMemo((): RunsChoice => ({ ...JSON.parse(askedJson), ids: null }), [askedJson]);
  return { view, choice, change };
}

function storedView(): RunView {
  try {
    return runViewSchema.parse(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null'));
  } catch {
    return DEFAULT_VIEW;
  }
}

/** Something is searched for or left out. */
export function isFiltered({ text, statuses, models, data, tags }: RunView): boolean {
  return text !== '' || [statuses, models, data, tags].some(chosen => chosen.length > 0);
}

export const NO_FILTERS = {
  text: '',
  statuses: [],
  models: [],
  data: [],
  tags: [],
} satisfies Partial<RunView>;
