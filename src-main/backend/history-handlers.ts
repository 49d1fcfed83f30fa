/** The procedures of the table of runs, answered over the history. */
import { fail, ok } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput } from '../../src-shared/contract/procedures.ts';
import type { BackendParts } from './backend-parts.ts';
import { targetIn } from './export/export-target.ts';
import { eraseRuns, lookBeforeErasing } from './history/erase-runs.ts';
import { exportHistory } from './history/export-history.ts';
import { changeRun, changeRuns, deleteRuns, restoreRuns } from './keep-history.ts';

export function createHistoryHandlers(
  parts: Pick<BackendParts, 'home' | 'store' | 'homeFiles' | 'historyWriter' | 'events' | 'now'>,
) {
  const { store } = parts;
  const erasing = new Map<string, AbortController>();

  async function erase({ ids, workId }: ProcedureInput<'runs.erase'>) {
    const stop = new AbortController();
    erasing.set(workId, stop);
    try {
      const onProgress = parts.events.throttledProgress(workId);
      return await eraseRuns(parts, ids, { signal: stop.signal, onProgress });
    } finally {
      erasing.delete(workId);
    }
  }

  function exportRuns(
    { runs, format, folder, name, replace, workId }: ProcedureInput<'runs.export'>,
    signal: AbortSignal,
  ) {
    const target = targetIn(folder, name);
    if (!target.ok) return target;
    const ids = store.ids({ ...runs, offset: 0, count: Number.MAX_SAFE_INTEGER });
    const onProgress = parts.events.throttledProgress(workId);
    return exportHistory(
      parts,
      { ids, format, output: target.value, force: replace },
      { signal, onProgress },
    );
  }

  return {
    'runs.list': (question: ProcedureInput<'runs.list'>) => ok(store.page(question)),
    'runs.ids': (question: ProcedureInput<'runs.ids'>) => ok({ ids: store.ids(question) }),
    'runs.facets': ({ isDeleted }: ProcedureInput<'runs.facets'>) => ok(store.facets(isDeleted)),
    'runs.change': ({ id, changes }: ProcedureInput<'runs.change'>) => changeRun(parts, id, changes),
    'runs.changeAll': ({ ids, changes }: ProcedureInput<'runs.changeAll'>) => changeRuns(parts, ids, changes),
    'runs.delete': ({ ids }: ProcedureInput<'runs.delete'>) => deleteRuns(parts, ids),
    'runs.restore': ({ ids }: ProcedureInput<'runs.restore'>) => restoreRuns(parts, ids),
    'runs.lookBeforeErasing': ({ ids }: ProcedureInput<'runs.lookBeforeErasing'>, signal: AbortSignal) =>
      lookBeforeErasing(parts, ids, signal),
    'runs.export': exportRuns,
    'runs.erase': erase,
    'runs.stopErasing': ({ workId }: ProcedureInput<'runs.stopErasing'>) => {
      erasing.get(workId)?.abort();
      return ok({});
    },
    'views.list': () => ok({ views: store.views() }),
    'views.save': (view: ProcedureInput<'views.save'>) => {
      store.saveView(view);
      return ok({});
    },
    'views.remove': ({ name }: ProcedureInput<'views.remove'>) =>
      store.removeView(name)
        ? ok({})
        : fail({
            code: 'view.notFound',
            title: 'There is no view of this name.',
            cause: `The history has no view ${name}.`,
            remedy: 'Look at the list of views; it may have been removed meanwhile.',
          }),
  };
}
