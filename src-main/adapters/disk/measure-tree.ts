/** How much a file or a folder takes, without ever following a link. */
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Measured {
  readonly bytes: number;
  readonly files: number;
  /** The latest change below it, in ms since 1970. */
  readonly changedMs: number;
}

export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** What one look at the disk has seen: files with several names count once. */
export class DiskLook {
  readonly problems: Problem[] = [];
  readonly #signal: AbortSignal;
  readonly #counted = new Set<string>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Null where there is nothing, or it cannot be looked at; the latter is a problem. */
  async stat(path: string): Promise<Stats | null> {
    try {
      return await lstat(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#cannot(path, error);
      return null;
    }
  }

  /** Names in a folder, sorted; none where it is no folder (a link to one is none either). */
  async namesIn(folder: string): Promise<string[]> {
    this.#signal.throwIfAborted();
    const stat = await this.stat(folder);
    if (stat?.isSymbolicLink()) {
      this.problems.push({ path: folder, message: 'It is a link, and links are not followed.' });
      return [];
    }
    if (!stat?.isDirectory()) return [];
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      this.#cannot(folder, error);
      return [];
    }
  }

  async measure(path: string): Promise<Measured> {
    const stat = await this.stat(path);
    if (!stat) return { bytes: 0, files: 0, changedMs: 0 };
    if (!stat.isDirectory()) {
      return { bytes: stat.isFile() ? this.#countOnce(stat) : 0, files: 1, changedMs: stat.mtimeMs };
    }
    let bytes = 0;
    let files = 0;
    let changedMs = stat.mtimeMs;
    for (const name of await this.namesIn(path)) {
      const below = await this.measure(join(path, name));
      bytes += below.bytes;
      files += below.files;
      changedMs = Math.max(changedMs, below.changedMs);
    }
    return { bytes, files, changedMs };
  }

  /** Checkpoints share their best adapter with the run by hard links. */
  #countOnce({ dev, ino, nlink, size }: Stats): number {
    if (nlink < 2) return size;
    const key = `${dev}:${ino}`;
    if (this.#counted.has(key)) return 0;
    this.#counted.add(key);
    return size;
  }

  #cannot(path: string, error: unknown): void {
    this.problems.push({ path, message: error instanceof Error ? error.message : String(error) });
  }
}
