/** What a user changes in the history: names, tags and notes, and runs that are deleted and come back. */
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { RunChanges } from '../../src-shared/domain/run.ts';
import { runNotFound } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';

type HistoryParts = Pick<BackendParts, 'store' | 'events' | 'now'>;
type Done = Outcome<Record<string, never>>;

/** Errors: `run.notFound`. */
export function changeRun({ store, events }: HistoryParts, id: string, changes: RunChanges): Done {
  if (!store.change(id, changes)) return fail(runNotFound(id));
  events.publishChange(id);
  return ok({});
}

/** Takes a run out of the history; its files stay, and `restoreRun` undoes it. Errors: `run.notFound`, `run.isRunning`. */
export function deleteRun({ store, events, now }: HistoryParts, id: string): Done {
  if (!store.hide(id, now().toISOString())) {
    return fail(store.brief(id) === null ? runNotFound(id) : isRunning(id));
  }
  events.publishChange(id);
  return ok({});
}

/** Errors: `run.notFound`, where no deleted run has this id. */
export function restoreRun({ store, events }: HistoryParts, id: string): Done {
  if (!store.unhide(id)) return fail(runNotFound(id));
  events.publishChange(id);
  return ok({});
}

function isRunning(id: string): CodedError {
  return {
    code: 'run.isRunning',
    title: 'A run that is under way cannot be deleted.',
    cause: `The run ${id} is running.`,
    remedy: 'Stop it first.',
  };
}
