/** Which runs are ticked: kept by their ids, whatever is searched, sorted or scrolled away meanwhile. */
import { useRef, useState } from 'react';
import type { RunsChoice } from '../../../src-shared/domain/run-list.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import type { ShownRuns } from './use-run-pages.ts';

const NONE: ReadonlySet<string> = new Set();
/** What the contract gives at once. */
const MOST = 100_000;

export interface ChosenRuns {
  readonly ids: ReadonlySet<string>;
  /** All that are found: as soon as that is asked for, though `ids` may still lack those of other pages. */
  readonly isAll: boolean;
  /** With `isRange`, also all runs between this one and the one that was chosen last. */
  choose(place: number, isRange: boolean): void;
  /** All that are found, on whichever page. */
  chooseAll(): void;
  clear(): void;
}

/** What is chosen among deleted runs is not among the others (`isDeleted`: which of the two are looked at). */
export function useChosenRuns(shown: ShownRuns, isDeleted: boolean): ChosenRuns {
  const client = useBackend();
  const [kept, setKept] = useState({ isDeleted, ids: NONE });
  const ids = kept.isDeleted === isDeleted ? kept.ids : NONE;
  const setIds = (next: ReadonlySet<string>) => setKept({ isDeleted, ids: next });
  const [isComing, setIsComing] = useState(false);
  const question = useRef(0);
  const lastPlace = useRef(0);

  async function choose(place: number, isRange: boolean): Promise<void> {
    const run = shown.runAt(place);
    if (run === null || shown.choice === null) return;
    const from = isRange ? Math.min(place, lastPlace.current) : place;
    const to = isRange ? Math.max(place, lastPlace.current) : place;
    lastPlace.current = place;
    const range = from === to ? [run.id] : await idsOf(shown.choice, from, to - from + 1);
    setKept(before => {
      const chosen = before.isDeleted === isDeleted ? before.ids : NONE;
      const next = new Set(chosen);
      for (const id of range) chosen.has(run.id) ? next.delete(id) : next.add(id);
      return { isDeleted, ids: next };
    });
  }

  async function chooseAll(): Promise<void> {
    if (shown.choice === null) return;
    setIsComing(true);
    const asked = ++question.current;
    const all = await idsOf(shown.choice, 0, MOST);
    if (asked !== question.current) return;
    setIds(new Set(all));
    setIsComing(false);
  }

  function clear(): void {
    question.current++;
    setIsComing(false);
    setIds(NONE);
  }

  /** Some of them may lie on pages that are not there. */
  async function idsOf(choice: RunsChoice, offset: number, count: number): Promise<readonly string[]> {
    const outcome = await client.call('runs.ids', { ...choice, offset, count });
    return outcome.ok ? outcome.value.ids : [];
  }

  return {
    ids,
    isAll: isComing || (ids.size > 0 && ids.size >= shown.matches),
    choose: (place, isRange) => void choose(place, isRange),
    chooseAll: () => void chooseAll(),
    clear,
  };
}
