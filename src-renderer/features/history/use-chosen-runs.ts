/** Which runs are ticked: kept by their ids, whatever is searched, sorted or scrolled away meanwhile. */
import { useRef, useState } from 'react';
import type { RunsChoice } from '../../../src-shared/domain/run-list.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import type { ShownRuns } from './use-run-pages.ts';

const NONE: ReadonlySet<string> = new Set();

export interface ChosenRuns {
  readonly ids: ReadonlySet<string>;
  /** With `isRange`, also all runs between this one and the one that was chosen last. */
  choose(place: number, isRange: boolean): void;
  clear(): void;
}

export function useChosenRuns(shown: ShownRuns): ChosenRuns {
  const client = useBackend();
  const [ids, setIds] = useState(NONE);
  const lastPlace = useRef(0);

  async function choose(place: number, isRange: boolean): Promise<void> {
    const run = shown.runAt(place);
    if (run === null || shown.choice === null) return;
    const from = isRange ? Math.min(place, lastPlace.current) : place;
    const to = isRange ? Math.max(place, lastPlace.current) : place;
    lastPlace.current = place;
    const range = from === to ? [run.id] : await idsBetween(shown.choice, from, to);
    setIds(before => {
      const next = new Set(before);
      for (const id of range) before.has(run.id) ? next.delete(id) : next.add(id);
      return next;
    });
  }

  /** Some of them may lie on pages that are not there. */
  async function idsBetween(choice: RunsChoice, from: number, to: number): Promise<readonly string[]> {
    const outcome = await client.call('runs.ids', { ...choice, offset: from, count: to - from + 1 });
    return outcome.ok ? outcome.value.ids : [];
  }

  return {
    ids,
    choose: (place, isRange) => void choose(place, isRange),
    clear: () => setIds(NONE),
  };
}
