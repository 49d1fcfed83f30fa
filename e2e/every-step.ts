/** What a kill leaves of a data folder, for every step of some work: the folder is copied right before each of them. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type { openParts } from './backend.ts';

const { cpSync, readdirSync, renameSync, rmSync } = fs;

/**
 * A step is a call to the file system, a write to the history (before it and behind it), or a word about progress: the work
 * calls `onProgress` for these. Gives the folders, one for each step, as another process finds them later.
 */
export async function copiedAtEveryStep(
  parts: ReturnType<typeof openParts>,
  work: (onProgress: () => void) => Promise<unknown>,
): Promise<string[]> {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const copies: string[] = [];
  let isCopying = false;
  const step = () => {
    if (isCopying) return;
    isCopying = true;
    const copy = `${parts.home}-at-${copies.length}`;
    cpSync(parts.home, copy, { recursive: true });
    // SQLite makes it anew where its processes are gone.
    rmSync(join(copy, 'history.sqlite-shm'), { force: true });
    withoutProcess(copy, dead);
    withoutProcess(join(copy, 'runs'), dead);
    copies.push(copy);
    isCopying = false;
  };
  const undo = [
    countCalls(fs, ['renameSync', 'rmSync', 'mkdirSync'], step, false),
    countCalls(fs.promises, ['cp', 'rm'], step, false),
    countCalls(parts.store, ['adopt', 'erase', 'hide'], step, true),
  ];
  syncBuiltinESMExports();
  try {
    await work(step);
  } finally {
    for (const back of undo) back();
    syncBuiltinESMExports();
  }
  return copies;
}

/** Names that hold the number of this process hold one that has ended. */
function withoutProcess(folder: string, dead: number): void {
  for (const name of fs.existsSync(folder) ? readdirSync(folder) : []) {
    const renamed = name.replace(new RegExp(`([.-])${process.pid}-`), `$1${dead}-`);
    if (renamed !== name) renameSync(join(folder, name), join(folder, renamed));
  }
}

function countCalls(
  target: object,
  names: readonly string[],
  step: () => void,
  isDoneAtOnce: boolean,
): () => void {
  const originals = names.map(name => [name, Reflect.get(target, name)] as const);
  for (const [name, original] of originals) {
    Reflect.set(target, name, (...args: unknown[]) => {
      step();
      const result: unknown = Reflect.apply(original, target, args);
      if (isDoneAtOnce) step();
      return result;
    });
  }
  return () => {
    for (const [name, original] of originals) Reflect.set(target, name, original);
  };
}
