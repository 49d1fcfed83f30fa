/** The files of an export: a folder beside the target until they are whole, then renamed into place. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { BackendParts } from '../backend-parts.ts';
import { newStagingName, rememberStaging, removeLeftExports } from './left-exports.ts';

export interface StagedExport {
  readonly directory: string;
  /** Replaces what is at `target` at once. */
  putInPlace(name: string, target: string): CodedError | null;
  /** Removes the folder with what is left in it. Idempotent. */
  remove(): void;
}

/** Also removes what exports of this data folder left behind that were killed. Error: `file.writeFailed`. */
export function stageExport(home: string, parent: string): Outcome<StagedExport> {
  try {
    removeLeftExports(home);
    const directory = join(parent, newStagingName());
    const forget = rememberStaging(home, directory);
    mkdirSync(directory);
    return ok({
      directory,
      putInPlace: (name, target) => {
        try {
          place(join(directory, name), target);
          return null;
        } catch (error) {
          return writeFailed(target, error);
        }
      },
      remove: () => {
        rmSync(directory, { recursive: true, force: true });
        forget();
      },
    });
  } catch (error) {
    return fail(writeFailed(parent, error));
  }
}

/** Errors: `export.noFolder`, `export.exists`. */
export function checkTarget(target: string, force: boolean): CodedError | null {
  if (!existsSync(dirname(target))) {
    return {
      code: 'export.noFolder',
      title: 'The folder to export to is not there.',
      cause: `There is no ${dirname(target)}.`,
      remedy: 'Make it, or choose another one.',
    };
  }
  if (force || !isTaken(target)) return null;
  return {
    code: 'export.exists',
    title: 'There is something of this name already.',
    cause: `${target} was left as it is.`,
    remedy: 'Choose another name, or replace it; on the command line with --force.',
  };
}

/** An empty folder is not: it is filled. */
export function isTaken(target: string): boolean {
  return existsSync(target) && !isEmptyFolder(target);
}

function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}

/** A folder that is there keeps what else is in it. */
function place(source: string, target: string): void {
  if (!existsSync(target) || !statSync(source).isDirectory()) renameSync(source, target);
  else for (const name of readdirSync(source)) renameSync(join(source, name), join(target, name));
}

/** Not all of a disk is given away: the system needs some. */
export const SPARE_BYTES = 64 << 20;

/** Error: `export.noSpace`. Where the system does not say how much is free, the writing finds out. */
export function checkFreeSpace(
  { freeBytes }: Pick<BackendParts, 'freeBytes'>,
  folder: string,
  neededBytes: number,
): CodedError | null {
  const free = freeBytes(folder);
  if (free === null || free >= neededBytes + SPARE_BYTES) return null;
  const inMegabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  return {
    code: 'export.noSpace',
    title: 'There is not enough space for the export.',
    cause: `It needs ${inMegabytes(neededBytes + SPARE_BYTES)} in ${folder}, and ${inMegabytes(free)} are free.`,
    remedy: 'Free space, or choose a folder on another disk.',
    details: { neededBytes, freeBytes: free },
  };
}

function writeFailed(path: string, error: unknown): CodedError {
  return {
    code: 'file.writeFailed',
    title: 'A file cannot be written.',
    cause: `${path}: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Free space, or choose another folder.',
  };
}
