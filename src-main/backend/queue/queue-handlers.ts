/** The procedures of the queue, answered over the store that all processes share. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { RunParent } from '../../../src-shared/domain/run.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { QueuePump } from './queue-pump.ts';

export function createQueueHandlers(parts: BackendParts, pump: QueuePump) {
  const { queue } = parts;
  const change = (id: string, isDone: boolean): Outcome<Record<string, never>> => {
    if (!isDone) return fail(notFound(id));
    pump.kick();
    return ok({});
  };
  return {
    list: () => {
      if (queue.isEmpty()) return ok({ items: [], elsewhere: null });
      const items = queue.list();
      return ok({ items, elsewhere: items.length === 0 ? null : (parts.runElsewhere()?.name ?? null) });
    },
    add: (recipe: Recipe, isDemo: boolean, parent: RunParent | null) => {
      const id = parts.newId();
      queue.add({ id, recipe, isDemo, parent, waiterPid: null });
      pump.kick();
      return ok({ id });
    },
    move: (id: string, to: 'up' | 'down') => change(id, queue.move(id, to)),
    startNow: (id: string) => change(id, queue.putFirst(id)),
    remove: (id: string) => {
      const isDone = queue.remove(id);
      pump.cancel(id);
      return change(id, isDone);
    },
    restore: (id: string) => change(id, queue.restore(id)),
  };
}

function notFound(id: string): CodedError {
  return {
    code: 'queue.notFound',
    title: 'The queue has no such item.',
    cause: `The item ${id} has become a run, or was removed.`,
    remedy: 'Look at the list of runs.',
  };
}
