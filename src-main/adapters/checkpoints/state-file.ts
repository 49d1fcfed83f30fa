/**
 * A checkpoint's `state.bin`: what a run needs beside its adapter to go on to the bit. Little-endian:
 *
 *     header    64 bytes   magic "LUTHCKPT", version, sizes of the other parts, SHA-256 of both
 *     meta                 JSON, see CheckpointMeta
 *     moments              float32: per parameter AdamW's first moment, then its second
 *
 * There is no random state and no data position to keep: order, schedule, dropout and noise are functions of
 * the seed and the step.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OptimizerState } from '../../../src-native/binding.d.ts';
import { jsonOrNull } from '../readers/file-parts.ts';

const MAGIC = 'LUTHCKPT';
/** Raised with every change of the layout or of what a field means. */
const VERSION = 1;
const HEADER_BYTES = 64;
const DIGEST_AT = 24;

export const checkpointMetaSchema = z.object({
  step: z.int().min(1),
  /** The prepared dataset that the run trains on, and the native build that computed it. */
  preparedDataset: z.string(),
  nativeBuild: z.string(),
  /** Hashes of the files beside this one. */
  adapterSha256: z.string(),
  bestAdapterSha256: z.string().nullable(),
  /** The best evaluation so far; null where there was none. */
  best: z.object({ step: z.number(), loss: z.number() }).nullable(),
  evaluationsWithoutGain: z.int().min(0),
  /** The evaluation at this very step; null where there was none. */
  evaluationLoss: z.number().nullable(),
  /** The run was stopped between this step's update and what is due after it. */
  isStepUnfinished: z.boolean(),
  /** Time that the run had trained for, all its processes together. */
  elapsedMs: z.number(),
  updates: z.int().min(0),
  moments: z.array(z.object({ name: z.string(), elements: z.int().min(0) })),
});
export type CheckpointMeta = z.infer<typeof checkpointMetaSchema>;

/** The file in parts, so that a large optimizer state is not copied to be written. */
export function encodeState(
  meta: Omit<CheckpointMeta, 'updates' | 'moments'>,
  optimizer: OptimizerState,
): Buffer[] {
  const whole: CheckpointMeta = {
    ...meta,
    updates: optimizer.updates,
    moments: optimizer.moments.map(({ name, first }) => ({ name, elements: first.length })),
  };
  const text = Buffer.from(JSON.stringify(whole));
  const values = optimizer.moments.flatMap(({ first, second }) => [bytesOf(first), bytesOf(second)]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(text.length, 12);
  header.writeBigUInt64LE(BigInt(values.reduce((sum, bytes) => sum + bytes.length, 0)), 16);
  const hash = createHash('sha256');
  for (const part of [text, ...values]) hash.update(part);
  hash.digest().copy(header, DIGEST_AT);
  return [header, text, ...values];
}

/** The file's content, or what is wrong with it: half-written, changed, or of another version. */
export function decodeState(file: Buffer): { meta: CheckpointMeta; optimizer: OptimizerState } | string {
  if (file.length < HEADER_BYTES) return `it has ${file.length} bytes, fewer than its header`;
  if (file.toString('latin1', 0, 8) !== MAGIC) return 'it does not begin as a checkpoint does';
  const version = file.readUInt32LE(8);
  if (version !== VERSION) return `its version is ${version}, this build reads ${VERSION}`;
  const textBytes = file.readUInt32LE(12);
  const expected = HEADER_BYTES + textBytes + Number(file.readBigUInt64LE(16));
  if (file.length !== expected) return `it has ${file.length} bytes, its header says ${expected}`;
  const body = file.subarray(HEADER_BYTES);
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(file.subarray(DIGEST_AT, DIGEST_AT + 32))) return 'its content does not fit its hash';
  const meta = checkpointMetaSchema.safeParse(jsonOrNull(body.toString('utf8', 0, textBytes)));
  if (!meta.success) return 'its description cannot be read';
  const elements = meta.data.moments.reduce((sum, moment) => sum + moment.elements * 2, 0);
  if (elements * 4 !== body.length - textBytes) return 'its description does not fit its size';
  return { meta: meta.data, optimizer: readOptimizer(meta.data, body.subarray(textBytes)) };
}

function readOptimizer(meta: CheckpointMeta, values: Buffer): OptimizerState {
  let at = 0;
  const take = (elements: number) => {
    const bytes = Uint8Array.from(values.subarray(at, at + elements * 4));
    at += elements * 4;
    return new Float32Array(bytes.buffer);
  };
  const moments = meta.moments.map(({ name, elements }) => ({
    name,
    first: take(elements),
    second: take(elements),
  }));
  return { updates: meta.updates, moments };
}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
