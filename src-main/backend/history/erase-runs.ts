/** Removes deleted runs for good: first what they take is looked at, then folder and rows go, one run after another. */
import { setImmediate as turn } from 'node:timers/promises';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ErasableRun, EraseResult } from '../../../src-shared/domain/erase.ts';
import { runNotFound } from '../answer-prompts.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { WorkOptions } from '../ports.ts';
import { type FolderOnItsWay, setFolderAside, settleRunFolders } from './run-folders.ts';

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
 * Runs that are not deleted are left alone, as is one whose files cannot be taken out of their place. An aborted signal
 * ends it between two runs: the answer says what was erased until then. Errors, where none of them is a deleted run:
 * `run.notFound`.
 */
export async function eraseRuns(
  parts: EraseParts,
  ids: readonly string[],
  { signal, onProgress }: WorkOptions,
): Promise<Outcome<EraseResult>> {
  settleRunFolders(parts);
  const looked = await lookBeforeErasing(parts, ids, signal);
  if (!looked.ok) return looked;
  const { runs } = looked.value;
  const { store } = parts;
  const result: EraseResult = { erased: [], kept: [], freedBytes: 0 };
  for (const [done, { id, name, bytes }] of runs.entries()) {
    onProgress?.({ phase: 'erasing runs', done, total: runs.length });
    // Between two runs others have their turn, and the wish to stop is heard.
    await turn();
    if (signal.aborted) {
      result.kept.push({ id, name, reason: 'It was stopped before this run.' });
      continue;
    }
    const reason = await eraseOne(parts, id);
    if (!store.has(id)) result.erased.push(id);
    if (reason === null) result.freedBytes += bytes;
    else result.kept.push({ id, name, reason });
  }
  for (const id of result.erased) parts.events.publishChange(id);
  return ok(result);
}

/**
 * The folder leaves its place, then the rows go, then the files: where a process ends in between, the run is still a deleted
 * one with all its files, or is gone and its files go at the next start. Null where it is gone.
 */
async function eraseOne(parts: EraseParts, id: string): Promise<string | null> {
  const { store } = parts;
  if (!store.hiddenIdsStartingWith(id).includes(id)) return RESTORED;
  let folder: FolderOnItsWay | null;
  try {
    folder = setFolderAside(parts, id);
  } catch (error) {
    return wordsOf(error);
  }
  if (!store.erase(id)) {
    folder?.putInPlace();
    return RESTORED;
  }
  try {
    await folder?.remove();
    return null;
  } catch (error) {
    return `It is gone from the history. Some of its files could not be removed yet: ${wordsOf(error)}`;
  }
}

const RESTORED = 'It was restored meanwhile.';

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
