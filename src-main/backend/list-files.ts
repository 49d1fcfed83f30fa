/** Folders and files to choose from, below one folder and nowhere else: for pages that cannot open a file dialog. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { FileEntry } from '../../src-shared/contract/draft-procedures.ts';

const LISTED = 2000;

export interface FileList {
  readonly directory: string;
  /** Null at the root. */
  readonly parent: string | null;
  readonly entries: FileEntry[];
  readonly truncated: boolean;
}

/** Hidden entries are left out; `extensions` in lower case with their dot, none for all. Errors: `files.notListed`. */
export function listFiles(
  root: string,
  directory: string | null,
  extensions: readonly string[],
): Outcome<FileList> {
  let real: string;
  let names: string[];
  try {
    const realRoot = realpathSync(root);
    real = realpathSync(directory ?? root);
    if (!isInside(realRoot, real)) return fail(notListed(`${real} is outside ${realRoot}.`));
    names = readdirSync(real).filter(name => !name.startsWith('.'));
  } catch (error) {
    return fail(notListed(error instanceof Error ? error.message : String(error)));
  }
  const entries = names
    .map(name => entryOf(real, name))
    .filter(entry => entry !== null)
    .filter(({ isDirectory, name }) => isDirectory || fits(name, extensions))
    .sort((a, b) => Number(b.isDirectory) - Number(a.isDirectory) || a.name.localeCompare(b.name));
  return ok({
    directory: real,
    parent: real === realpathSync(root) ? null : dirname(real),
    entries: entries.slice(0, LISTED),
    truncated: entries.length > LISTED,
  });
}

/** Null for what is neither a file nor a folder, or cannot be looked at. */
function entryOf(directory: string, name: string): FileEntry | null {
  try {
    const path = join(directory, name);
    const stat = statSync(path);
    if (!stat.isDirectory() && !stat.isFile()) return null;
    return { name, path, isDirectory: stat.isDirectory(), bytes: stat.isFile() ? stat.size : 0 };
  } catch {
    return null;
  }
}

function fits(name: string, extensions: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return extensions.length === 0 || extensions.some(extension => lower.endsWith(extension));
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !way.includes(`:${sep}`));
}

function notListed(cause: string) {
  return {
    code: 'files.notListed',
    title: 'The folder cannot be shown.',
    cause,
    remedy: 'Choose a folder below your home, or type the path of the file.',
  };
}
