/** Removes deleted runs for good: first what they take is looked at, then folder and rows go, one run after another. */
import { setImmediate as turn } from 'node:timers/promises';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ErasableRun, EraseResult } from '../../../src-shared/domain/erase.ts';
import { runNotFound } from '../answer-prompts.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { WorkOptions } from '../ports.ts';

type EraseParts = Pick<BackendParts, 'home' | 'store' | 'homeFiles' | 'events'>;

/** What would go. Errors, where none of them is a deleted run: `run.notFound`. */
export async function lookBeforeErasing(
  { home, store, homeFiles }: EraseParts,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<{ runs: ErasableRun[] }>> {
  const deleted = store.names(true);
  const known = [...new Set(ids)].filter(id => deleted.has(id));
  if (known.length === 0) return fail(runNotFound(ids.join(', ')));
  const { found } = await homeFiles.survey(home, signal);
  const sizes = new Map<string, { bytes: number; files: number }>();
  for (const { runId, bytes, files } of found) {
    if (runId === undefined) continue;
    const before = sizes.get(runId) ?? { bytes: 0, files: 0 };
    sizes.set(runId, { bytes: before.bytes + bytes, files: before.files + files });
  }
  return ok({
    runs: known.map(id => ({
      id,
      name: deleted.get(id)?.name ?? id,
      ...(sizes.get(id) ?? { bytes: 0, files: 0 }),
    })),
  });
}

/**
 * Runs that are not deleted are left alone, as is one whose files cannot be removed. An aborted signal ends it between two
 * runs: the answer says what was erased until then. Errors, where none of them is a deleted run: `run.notFound`.
 */
export async function eraseRuns(
  parts: EraseParts,
  ids: readonly string[],
  { signal, onProgress }: WorkOptions,
): Promise<Outcome<EraseResult>> {
  const looked = await lookBeforeErasing(parts, ids, signal);
  if (!looked.ok) return looked;
  const { runs } = looked.value;
  const result: EraseResult = { erased: [], kept: [], freedBytes: 0 };
  for (const [done, { id, name, bytes, files }] of runs.entries()) {
    onProgress?.({ phase: 'erasing runs', done, total: runs.length });
    // Between two runs others have their turn, and the wish to stop is heard.
    await turn();
    if (signal.aborted) {
      result.kept.push({ id, name, reason: 'It was stopped before this run.' });
      continue;
    }
    const reason = eraseOne(parts, id, files > 0);
    if (reason === null) {
      result.erased.push(id);
      result.freedBytes += bytes;
    } else result.kept.push({ id, name, reason });
  }
  for (const id of result.erased) parts.events.publishChange(id);
  return ok(result);
}

/** Files first: where a process ends between the two, the run is still among the deleted ones. Null where it is gone. */
function eraseOne({ home, store, homeFiles }: EraseParts, id: string, hasFiles: boolean): string | null {
  if (!store.names(true).has(id)) return 'It was restored meanwhile.';
  try {
    if (hasFiles) homeFiles.remove(home, `runs/${id}`);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return store.erase(id) ? null : 'It was restored meanwhile, without its files.';
}
