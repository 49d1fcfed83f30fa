/** File operations that survive a power cut: what has been renamed into place is whole. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

export function writeSynced(path: string, parts: readonly Uint8Array[]): void {
  const fd = openSync(path, 'w');
  try {
    for (const bytes of parts) for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes names in a folder durable. Windows has no such call, and needs none: it journals names. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A second name for the same bytes; a copy where the file system has no links. Replaces `path` at once. */
export function linkOrCopy(source: string, path: string): void {
  const temporary = `${path}.partial`;
  rmSync(temporary, { force: true });
  try {
    linkSync(source, temporary);
  } catch {
    copyFileSync(source, temporary);
    const fd = openSync(temporary, 'r+');
    fsyncSync(fd);
    closeSync(fd);
  }
  renameSync(temporary, path);
  // Renaming one name of a file to another name of the same file does nothing.
  rmSync(temporary, { force: true });
}

/** Puts a folder under a name that another one may have had until now. */
export function replaceFolder(source: string, path: string): void {
  const removed = `${path}.removed`;
  rmSync(removed, { recursive: true, force: true });
  if (existsSync(path)) renameSync(path, removed);
  renameSync(source, path);
  rmSync(removed, { recursive: true, force: true });
}

/** Removes a folder so that its name is gone at once, even if the process ends meanwhile. */
export function removeFolder(path: string, removedName: string): void {
  rmSync(removedName, { recursive: true, force: true });
  renameSync(path, removedName);
  rmSync(removedName, { recursive: true, force: true });
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
