/** Files under construction: how they are named, and those that a process left when it was killed. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The name that a file has until it is whole; it says whose it is. */
export function partialPath(path: string): string {
  return `${path}.${process.pid}.partial`;
}

const PARTIAL = /\.(\d+)\.partial$/;

/** Removes from a folder what processes that are gone left unfinished. */
export function removeLeftovers(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = Number(PARTIAL.exec(name)?.[1] ?? Number.NaN);
    if (!(pid > 0)) continue;
    const path = join(directory, name);
    if (pid === process.pid ? isOlderThanThisProcess(path) : !isAlive(pid)) rmSync(path, { force: true });
  }
}

/** Numbers of processes come again, most of all in containers. */
function isOlderThanThisProcess(path: string): boolean {
  const startedAt = Date.now() - process.uptime() * 1000;
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? startedAt) < startedAt;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In a container whose first process reaps nobody, the dead keep their number. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
