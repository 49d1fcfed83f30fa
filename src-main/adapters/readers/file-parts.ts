/** Pieces of binary files whose numbers are not trusted yet. */
import { readSync } from 'node:fs';

/** Throws where the file ends before the last byte. */
export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(fd, bytes, at, length - at, position + at);
    if (count === 0) throw new Error('The file became shorter while it was read.');
    at += count;
  }
  return bytes;
}

/** Null where the text is no JSON; a schema then refuses it with all else that it does not expect. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
