/** The procedures of the Disk page. A clean-up can be stopped, and still answers with what it did. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import type { BackendParts } from '../backend-parts.ts';
import { cleanDisk, restoreFromTrash, surveyDisk } from './disk.ts';
import { modelSizes } from './model-sizes.ts';

export function createDiskHandlers(parts: BackendParts) {
  const cleanings = new Map<string, AbortController>();

  async function clean(
    { ids, workId }: ProcedureInput<'disk.clean'>,
    signal: AbortSignal,
  ): Promise<Outcome<ProcedureOutput<'disk.clean'>>> {
    const stop = new AbortController();
    cleanings.set(workId, stop);
    try {
      const onProgress = parts.events.throttledProgress(workId);
      return ok(await cleanDisk(parts, ids, { signal: AbortSignal.any([signal, stop.signal]), onProgress }));
    } finally {
      cleanings.delete(workId);
    }
  }

  return {
    'disk.show': async (_input: ProcedureInput<'disk.show'>, signal: AbortSignal) =>
      ok(await surveyDisk(parts, signal)),
    'disk.models': async (_input: ProcedureInput<'disk.models'>, signal: AbortSignal) =>
      ok({ items: await modelSizes(parts.models, [], signal) }),
    'disk.clean': clean,
    'disk.stop': ({ workId }: ProcedureInput<'disk.stop'>) => {
      cleanings.get(workId)?.abort();
      return ok({});
    },
    'disk.restore': ({ trashId }: ProcedureInput<'disk.restore'>) => restoreFromTrash(parts, trashId),
  };
}
