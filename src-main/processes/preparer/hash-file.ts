/** SHA-256 of files; a model's is remembered, since gigabytes take a while. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { partialPath } from '../../adapters/prepared/leftovers.ts';

const rememberedSchema = z.record(z.string(), z.string());
const REMEMBERED_MODELS = 200;

/** Hears of every chunk, and may throw to stop. */
export type OnRead = (bytes: number) => void;

/** Hex. Throws what the file system throws. */
export async function hashFiles(paths: readonly string[], onRead: OnRead): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
      onRead((chunk as Buffer).length);
    }
  }
  return hash.digest('hex');
}

/** The hash of a model file, from memory where path, size and time of change are as they were. */
export async function hashModel(path: string, cacheDirectory: string, onRead: OnRead): Promise<string> {
  const { size, mtimeMs, ino } = statSync(path);
  const key = [path, size, mtimeMs, ino].join('|');
  const memory = join(cacheDirectory, 'model-hashes.json');
  const remembered = readRemembered(memory);
  const known = remembered[key];
  if (known) return known;
  const hash = await hashFiles([path], onRead);
  const entries = Object.entries({ ...remembered, [key]: hash }).slice(-REMEMBERED_MODELS);
  mkdirSync(cacheDirectory, { recursive: true });
  writeFileSync(partialPath(memory), JSON.stringify(Object.fromEntries(entries)));
  renameSync(partialPath(memory), memory);
  return hash;
}

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readRemembered(path: string): Record<string, string> {
  try {
    const parsed = rememberedSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}
