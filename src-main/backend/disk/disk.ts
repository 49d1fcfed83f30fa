/** What is on the disk, cleaning it up, and the limit of the cache: the same for every host. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { CleanResult, DiskItem, DiskReport } from '../../../src-shared/domain/disk.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { DatasetPreparer, HomeFiles, RunStore, SettingsFile, WorkOptions } from '../ports.ts';
import { writeSettings } from '../settings/write-settings.ts';
import { judgeItem, type KnownOfRuns } from './judge-items.ts';

type DiskParts = Pick<BackendParts, 'home' | 'store' | 'now' | 'homeFiles' | 'settings' | 'checkpoints'>;

export async function surveyDisk(parts: DiskParts, signal: AbortSignal): Promise<DiskReport> {
  const { home, freeBytes, found, problems } = await parts.homeFiles.survey(parts.home, signal);
  const known = knownOfRuns(parts.store);
  const nowMs = parts.now().getTime();
  return {
    home,
    freeBytes,
    cacheLimitBytes: parts.settings.read(parts.home).settings.cacheLimitBytes,
    items: found.map(item => judgeItem(item, known, nowMs)).sort((a, b) => b.bytes - a.bytes),
    problems: [...problems],
  };
}

/** Looks at everything again first: what has come into use since it was shown stays. */
export async function cleanDisk(
  parts: DiskParts,
  ids: readonly string[],
  { signal, onProgress }: WorkOptions,
): Promise<CleanResult> {
  const before = await surveyDisk(parts, signal);
  const items = new Map(before.items.map(item => [item.id, item]));
  const removed: CleanResult['removed'] = [];
  const kept: CleanResult['kept'] = [];
  const wanted = [...new Set(ids)];
  for (const [done, id] of wanted.entries()) {
    const item = items.get(id);
    onProgress?.({ phase: 'cleaning up', done, total: wanted.length });
    // Files are removed in one go; between two items others have their turn, and the wish to stop is heard.
    await setImmediate();
    if (signal.aborted) kept.push({ id, reason: 'The clean-up was stopped before it.' });
    else if (!item) kept.push({ id, reason: 'It is not there.' });
    else {
      const reason = whyInUseNow(parts, item) ?? takeAway(parts, item, removed);
      if (reason !== null) kept.push({ id, reason });
    }
  }
  forgetCheckpoints(parts, removed);
  const freedBytes = removed.reduce((sum, { bytes, trashId }) => sum + (trashId === null ? bytes : 0), 0);
  return { removed, kept, freedBytes };
}

/** A long clean-up goes on while runs start. */
function whyInUseNow({ store, now }: DiskParts, item: DiskItem): string | null {
  if (item.cleanUp === 'keep') return item.reason;
  if (item.kind !== 'prepared' && item.kind !== 'checkpoint') return null;
  const found = {
    ...item,
    kind: item.kind,
    name: basename(item.path),
    changedMs: statSync(item.path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  };
  const runId = /^runs\/([^/]+)/.exec(item.id)?.[1];
  const judged = judgeItem(
    runId === undefined ? found : { ...found, runId },
    knownOfRuns(store),
    now().getTime(),
  );
  return judged.cleanUp === 'keep' ? judged.reason : null;
}

/** Null where it is gone, else why it stays. */
function takeAway(parts: DiskParts, item: DiskItem, removed: CleanResult['removed']): string | null {
  try {
    const { id, bytes } = item;
    if (item.cleanUp === 'trash') {
      removed.push({ id, bytes, trashId: parts.homeFiles.moveToTrash(parts.home, id, parts.now()) });
    } else {
      parts.homeFiles.remove(parts.home, id);
      removed.push({ id, bytes, trashId: null });
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The history names no checkpoint that is gone. */
function forgetCheckpoints(
  { store, checkpoints, home, now }: DiskParts,
  removed: CleanResult['removed'],
): void {
  const runs = new Set(removed.flatMap(({ id }) => /^runs\/([^/]+)\/checkpoints\//.exec(id)?.[1] ?? []));
  for (const id of runs) {
    if (store.brief(id) === null) continue;
    const nothing = { steps: [], evaluations: [], samples: [], warnings: [] };
    store.record(
      id,
      { ...nothing, checkpoints: checkpoints.list(`${home}/runs/${id}`) },
      now().toISOString(),
    );
  }
}

/** Puts back what a clean-up moved to the trash. */
export function restoreFromTrash(parts: DiskParts, trashId: string): Outcome<{ path: string }> {
  const restored = parts.homeFiles.restore(parts.home, trashId);
  const runId = restored.ok
    ? /[/\\]runs[/\\]([^/\\]+)[/\\]checkpoints[/\\]/.exec(restored.value.path)?.[1]
    : null;
  if (runId) forgetCheckpoints(parts, [{ id: `runs/${runId}/checkpoints/`, bytes: 0, trashId: null }]);
  return restored;
}

/** Sets the limit and keeps to it at once. Errors: `settings.notWritten`. */
export async function setCacheLimit(
  parts: DiskParts & Pick<BackendParts, 'events'>,
  cacheLimitBytes: number | null,
  signal: AbortSignal,
): Promise<Outcome<CleanResult>> {
  const written = writeSettings(parts, { cacheLimitBytes });
  return written.ok ? ok(await limitCache(parts, signal)) : written;
}

type LimitParts = Pick<BackendParts, 'home' | 'store' | 'now'> & {
  readonly homeFiles: HomeFiles;
  readonly settings: SettingsFile;
};

/** Removes prepared datasets beyond the limit, the least recently used first, and never one in use. */
export async function limitCache(parts: LimitParts, signal: AbortSignal): Promise<CleanResult> {
  const { cacheLimitBytes } = parts.settings.read(parts.home).settings;
  const result: CleanResult = { removed: [], kept: [], freedBytes: 0 };
  if (cacheLimitBytes === null) return result;
  const found = await parts.homeFiles.prepared(parts.home, signal);
  const known = knownOfRuns(parts.store);
  let bytes = found.reduce((sum, item) => sum + item.bytes, 0);
  for (const item of [...found].sort((a, b) => a.changedMs - b.changedMs)) {
    if (bytes <= cacheLimitBytes) break;
    if (judgeItem(item, known, parts.now().getTime()).cleanUp === 'keep') continue;
    parts.homeFiles.remove(parts.home, item.id);
    bytes -= item.bytes;
    result.freedBytes += item.bytes;
    result.removed.push({ id: item.id, bytes: item.bytes, trashId: null });
  }
  return result;
}

/** A preparer after which the cache is within its limit again, where that is possible. */
export function withinCacheLimit(preparer: DatasetPreparer, parts: LimitParts): DatasetPreparer {
  return {
    ...preparer,
    prepare: async (recipe, work) => {
      const prepared = await preparer.prepare(recipe, work);
      // Tidying up may fail, for example where a file is open on Windows; the preparation has not.
      if (prepared.ok) await limitCache(parts, new AbortController().signal).catch(() => undefined);
      return prepared;
    },
  };
}

function knownOfRuns(store: RunStore): KnownOfRuns {
  const hashes = store.underWay().flatMap(({ id }) => store.brief(id)?.hashes.preparedDataset ?? []);
  return { runs: store.names(false), deleted: store.names(true), preparedInUse: new Set(hashes) };
}
