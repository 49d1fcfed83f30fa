/**
 * A run's folder on its way into the data folder or out of it: until all is done it stands beside its place, under a name
 * that says whose it is and which process works on it. A folder is in its place, or it counts for nothing.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { cp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { COPYING } from '../../../src-shared/domain/import.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { WorkOptions } from '../ports.ts';
import { mayBeAlive } from '../process-alive.ts';

const ON_ITS_WAY = /^(.+)\.(\d+)-[0-9a-f]{8}\.(?:partial|removed)$/;

/** Of a run's folder, or of the copy of another history that an import reads. */
const LEFT_HISTORY = /^import-(\d+)-[0-9a-f]+\.partial$/;

/** No run may be called so. */
export function isOnItsWay(name: string): boolean {
  return ON_ITS_WAY.test(name);
}

export interface FolderOnItsWay {
  /** Where its files are meanwhile. */
  readonly path: string;
  /** Throws where the file system does; it is on its way still then. */
  putInPlace(): void;
  remove(): Promise<void>;
}

/**
 * Copies a folder beside the place of the run `id`. Throws where the file system, or the signal, does; nothing stays
 * then.
 */
export async function bringFolder(
  home: string,
  folder: string,
  id: string,
  { signal, onProgress }: WorkOptions,
): Promise<FolderOnItsWay> {
  const way = onItsWay(home, id, 'partial');
  mkdirSync(join(home, 'runs'), { recursive: true });
  const total = await sizeOf(folder);
  let done = 0;
  try {
    await cp(folder, way.path, {
      recursive: true,
      preserveTimestamps: true,
      filter: async source => {
        signal.throwIfAborted();
        onProgress?.({ phase: COPYING, done, total });
        const entry = await stat(source);
        if (entry.isFile()) done += entry.size;
        return true;
      },
    });
    signal.throwIfAborted();
    return way;
  } catch (error) {
    await way.remove();
    throw error;
  }
}

export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter(entry => entry.isFile())
    .map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/**
 * Takes the folder of the run `id` out of its place, at once; null where there is none. Throws where the file system
 * does.
 */
export function setFolderAside(
  { home, homeFiles }: Pick<BackendParts, 'home' | 'homeFiles'>,
  id: string,
): FolderOnItsWay | null {
  if (!existsSync(join(home, 'runs', id))) return null;
  const way = onItsWay(home, id, 'removed');
  homeFiles.move(home, `runs/${id}`, `runs/${way.name}`);
  return way;
}

function onItsWay(home: string, id: string, kind: 'partial' | 'removed') {
  const name = `${id}.${process.pid}-${randomBytes(4).toString('hex')}.${kind}`;
  const path = join(home, 'runs', name);
  return {
    name,
    path,
    putInPlace: () => renameSync(path, join(home, 'runs', id)),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/**
 * What processes left that were killed in the middle. The history decides: a folder whose run it has was about to come into
 * its place, or was taken out of it before its run was erased, and goes there; any other goes away.
 */
export function settleRunFolders({ home, store }: Pick<BackendParts, 'home' | 'store'>): void {
  const runs = join(home, 'runs');
  for (const name of namesIn(runs)) {
    const [, id, pid] = ON_ITS_WAY.exec(name) ?? [];
    if (id === undefined || isUnderWay(join(runs, name), pid)) continue;
    tryTo(() => {
      const place = join(runs, id);
      if (store.has(id) && !existsSync(place)) renameSync(join(runs, name), place);
      else rmSync(join(runs, name), { recursive: true, force: true });
    });
  }
  for (const name of namesIn(home)) {
    const [, pid] = LEFT_HISTORY.exec(name) ?? [];
    if (pid === undefined || isUnderWay(join(home, name), pid)) continue;
    tryTo(() => rmSync(join(home, name), { recursive: true, force: true }));
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isUnderWay(path: string, pid: string | undefined): boolean {
  const at = statSync(path, { throwIfNoEntry: false })?.ctimeMs;
  return at !== undefined && mayBeAlive(Number(pid), at);
}

/** What cannot be done now is tried again next time; another process may have just done it. */
function tryTo(work: () => void): void {
  try {
    work();
  } catch {}
}
