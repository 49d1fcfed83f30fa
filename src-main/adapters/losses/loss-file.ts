/**
 * The losses of a run's rows in a file of the run's folder, one for each part of the data. Little-endian:
 *
 *     header   16 bytes   magic "LUTHLOSS", version, length of the meta part
 *     meta                JSON: what was measured, and each row in short (see LossesMeta), filled up to 4 bytes
 *     tokens              per row, in order: ids int32[n], losses float32[n], NaN where no loss is taken
 *
 * It is written under another name, synced, and renamed into place.
 */
import { closeSync, fstatSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type LossSplit, lossSplitSchema, rowLossSchema } from '../../../src-shared/domain/row-losses.ts';
import { hashesSchema } from '../../../src-shared/domain/training.ts';
import type { LossesMeta, TokenLosses } from '../../pipeline/losses/stored-losses.ts';
import { syncFolder, writeSynced } from '../checkpoints/durable-files.ts';
import { partialPath } from '../prepared/leftovers.ts';
import { jsonOrNull, readAt } from '../readers/file-parts.ts';

const MAGIC = 'LUTHLOSS';
const VERSION = 1;
const HEADER_BYTES = 16;

const metaSchema = z.object({
  split: lossSplitSchema,
  measuredAt: z.string(),
  hashes: hashesSchema,
  adapterSha256: z.string(),
  totalRows: z.number(),
  rows: z.array(rowLossSchema).min(1),
});

export function lossPathOf(runDirectory: string, split: LossSplit): string {
  return join(runDirectory, `losses-${split}.luthloss`);
}

/** `tokens` in the order of `meta.rows`. Throws where the file system does; then what was there before is still there. */
export function writeLosses(path: string, meta: LossesMeta, tokens: readonly TokenLosses[]): void {
  const json = Buffer.from(JSON.stringify(meta));
  const description = Buffer.concat([json, Buffer.alloc((4 - (json.length % 4)) % 4, ' ')]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(description.length, 12);
  const partial = partialPath(path);
  try {
    writeSynced(partial, [
      header,
      description,
      ...tokens.flatMap(({ ids, losses }) => [of(ids), of(losses)]),
    ]);
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
  syncFolder(dirname(path));
}

function of(values: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Null where there is no such file, or none that this version reads: it can be measured again. */
export function readLosses(path: string): LossesMeta | null {
  return withLosses(path, (_fd, { meta }) => meta);
}

/** Null where the example is not among those measured. */
export function readTokenLosses(path: string, row: number, part: number): TokenLosses | null {
  return withLosses(path, (fd, { meta, tokensAt }) => {
    let at = tokensAt;
    for (const measured of meta.rows) {
      if (measured.row === row && measured.part === part) {
        const bytes = readAt(fd, at, measured.tokens * 8);
        const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
        return {
          ids: new Int32Array(buffer, 0, measured.tokens),
          losses: new Float32Array(buffer, measured.tokens * 4, measured.tokens),
        };
      }
      at += measured.tokens * 8;
    }
    return null;
  });
}

interface OpenLosses {
  readonly meta: LossesMeta;
  readonly tokensAt: number;
}

function withLosses<T>(path: string, use: (fd: number, losses: OpenLosses) => T | null): T | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const opened = openParts(fd);
    return opened === null ? null : use(fd, opened);
  } finally {
    closeSync(fd);
  }
}

function openParts(fd: number): OpenLosses | null {
  const { size } = fstatSync(fd);
  if (size < HEADER_BYTES) return null;
  const header = readAt(fd, 0, HEADER_BYTES);
  if (header.toString('latin1', 0, 8) !== MAGIC || header.readUInt32LE(8) !== VERSION) return null;
  const length = header.readUInt32LE(12);
  const tokensAt = HEADER_BYTES + length;
  if (tokensAt > size) return null;
  const meta = metaSchema.safeParse(jsonOrNull(readAt(fd, HEADER_BYTES, length).toString('utf8')));
  if (!meta.success) return null;
  const tokens = meta.data.rows.reduce((sum, row) => sum + row.tokens, 0);
  return tokensAt + tokens * 8 === size ? { meta: meta.data, tokensAt } : null;
}
