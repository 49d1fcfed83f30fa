/** What a user changes in the history: names, tags, notes and pins, and runs that are deleted and come back. */
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { RunChanges, RunsChanges } from '../../src-shared/domain/run.ts';
import { runNotFound } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';

type HistoryParts = Pick<BackendParts, 'store' | 'events' | 'now'>;
/** The runs that are changed now. */
type Changed = Outcome<{ ids: string[] }>;

/** Errors: `run.notFound`. */
export function changeRun(
  { store, events }: HistoryParts,
  id: string,
  changes: RunChanges,
): Outcome<Record<string, never>> {
  if (!store.change(id, changes)) return fail(runNotFound(id));
  events.publishChange(id);
  return ok({});
}

/** The same change of many runs, in one transaction. */
export function changeRuns(
  { store, events }: HistoryParts,
  ids: readonly string[],
  changes: RunsChanges,
): Changed {
  return told(events, store.changeAll(ids, changes));
}

/**
 * Takes runs out of the history, in one transaction; their files stay, and `restoreRuns` undoes it. Runs that are under
 * way stay. Errors, where it takes none: `run.notFound`, `run.isRunning`.
 */
export function deleteRuns({ store, events, now }: HistoryParts, ids: readonly string[]): Changed {
  const hidden = store.hide(ids, now().toISOString());
  if (hidden.length > 0) return told(events, hidden);
  const running = ids.find(id => store.brief(id) !== null);
  return fail(running === undefined ? runNotFound(ids.join(', ')) : isRunning(running));
}

/** Errors: `run.notFound`, where none of them is a deleted run. */
export function restoreRuns({ store, events }: HistoryParts, ids: readonly string[]): Changed {
  const shown = store.unhide(ids);
  return shown.length > 0 ? told(events, shown) : fail(runNotFound(ids.join(', ')));
}

function told(events: HistoryParts['events'], ids: string[]): Changed {
  for (const id of ids) events.publishChange(id);
  return ok({ ids });
}

function isRunning(id: string): CodedError {
  return {
    code: 'run.isRunning',
    title: 'A run that is under way cannot be deleted.',
    cause: `The run ${id} is running.`,
    remedy: 'Stop it first.',
  };
}
