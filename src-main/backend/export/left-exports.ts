/**
 * Hidden folders of exports whose process was killed: a note in the data folder says where each export writes, so that
 * the next one, or the next start of the studio, finds and removes what is left of it.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mayBeAlive } from '../process-alive.ts';

const STAGING = /^\.luthier-export-(\d+)-[0-9a-f]+$/;

/** Holds the number of this process. */
export function newStagingName(): string {
  return `.luthier-export-${process.pid}-${randomBytes(6).toString('hex')}`;
}

/** Keeps the note until the answer is called. Throws where the data folder cannot be written. */
export function rememberStaging(home: string, directory: string): () => void {
  const notes = notesOf(home);
  mkdirSync(notes, { recursive: true });
  const note = join(notes, basename(directory));
  writeFileSync(note, directory);
  return () => forget(notes, note);
}

/** Gives the folders that were removed. What cannot be removed now is tried again next time. */
export function removeLeftExports(home: string): string[] {
  const notes = notesOf(home);
  const removed: string[] = [];
  for (const name of namesIn(notes)) {
    const note = join(notes, name);
    try {
      const directory = readFileSync(note, 'utf8');
      if (basename(directory) !== name || isUnderWay(name, note)) continue;
      rmSync(directory, { recursive: true, force: true });
      forget(notes, note);
      removed.push(directory);
    } catch {
      // A disk that is not there now, or a note that another process has just removed.
    }
  }
  return removed;
}

function notesOf(home: string): string {
  return join(home, 'exports');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => STAGING.test(name));
  } catch {
    return [];
  }
}

function forget(notes: string, note: string): void {
  rmSync(note, { force: true });
  try {
    rmdirSync(notes);
  } catch {
    // Another export is under way.
  }
}

function isUnderWay(name: string, note: string): boolean {
  return mayBeAlive(Number(STAGING.exec(name)?.[1]), statSync(note).mtimeMs);
}
