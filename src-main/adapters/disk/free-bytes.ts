/** What the disk of a folder still holds. */
import { statfsSync } from 'node:fs';

/** Null where the system does not say. */
export function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
