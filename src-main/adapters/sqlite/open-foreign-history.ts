/** The history of another data folder, read from a copy: the folder may be of an earlier version, damaged, or read-only. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ForeignHistory } from '../../backend/ports.ts';
import { openHistory, salvageNotice } from './open-history.ts';

/** `scratch` holds the copy until it is closed. Errors: those of `openHistory`. Throws where the file system does. */
export function openForeignHistory(
  path: string,
  scratch: string,
  isAlive: (pid: number, heartbeatAt: string) => boolean,
  now: Date,
): Outcome<ForeignHistory> {
  // The number of this process: what it leaves where it is killed is removed at the next start.
  const folder = join(scratch, `import-${process.pid}-${randomBytes(6).toString('hex')}.partial`);
  mkdirSync(folder, { recursive: true });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'history.sqlite');
    copyHistory(path, copy);
    const opened = openHistory(copy, now);
    if (!opened.ok) {
      remove();
      return opened;
    }
    const { store, salvage } = opened.value;
    store.interruptOrphans(isAlive, now.toISOString());
    return ok({
      store,
      notice: salvage === null ? null : salvageNotice({ ...salvage, setAside: path }),
      close: () => {
        store.close();
        remove();
      },
    });
  } catch (error) {
    remove();
    throw error;
  }
}

/** As SQLite sees it, also while another process writes; byte by byte where SQLite cannot read it. */
function copyHistory(path: string, copy: string): void {
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      database.prepare('VACUUM INTO ?').run(copy);
    } finally {
      database.close();
    }
  } catch {
    rmSync(copy, { force: true });
    for (const suffix of ['', '-wal'])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  }
}
