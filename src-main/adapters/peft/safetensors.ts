/**
 * Reads a safetensors file: 8 bytes with the header's length, a JSON header of names, types, shapes and places,
 * then the values, little-endian. The file is a stranger's: every number is checked before it is used.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { z } from 'zod';
import { jsonOrNull, readAt } from '../readers/file-parts.ts';

export interface FloatTensor {
  /** Row-major, the last dimension is contiguous. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const HEADER_LIMIT_BYTES = 64 * 1024 * 1024;
const BYTES_PER_VALUE = { F32: 4, F16: 2, BF16: 2 } as const;

const count = z.int().min(0);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(count).max(8),
  data_offsets: z.tuple([count, count]),
});
const headerSchema = z.record(z.string(), z.unknown());

/** The tensors in the file's order, or what is wrong with it. Floats of 16 bits are widened, which is exact. */
export function readSafetensors(path: string): Map<string, FloatTensor> | string {
  const fd = openSync(path, 'r');
  try {
    return readOpened(fd, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

function readOpened(fd: number, size: number): Map<string, FloatTensor> | string {
  if (size < 8) return `it has ${size} bytes`;
  const headerBytes = Number(readAt(fd, 0, 8).readBigUInt64LE());
  if (headerBytes > HEADER_LIMIT_BYTES || 8 + headerBytes > size)
    return `its header says it has ${headerBytes} bytes, the file has ${size}`;
  const header = headerSchema.safeParse(jsonOrNull(readAt(fd, 8, headerBytes).toString('utf8')));
  if (!header.success) return 'its header is no JSON object';
  const start = 8 + headerBytes;
  const tensors = new Map<string, FloatTensor>();
  for (const [name, value] of Object.entries(header.data)) {
    if (name === '__metadata__') continue;
    const entry = entrySchema.safeParse(value);
    if (!entry.success) return `its header does not describe ${name} as a tensor`;
    const { dtype, shape, data_offsets } = entry.data;
    if (!isFloat(dtype)) return `${name} is of type ${dtype}, not F32, F16 or BF16`;
    const [from, to] = data_offsets;
    const values = shape.reduce((product, extent) => product * extent, 1);
    if (to < from || start + to > size || to - from !== values * BYTES_PER_VALUE[dtype])
      return `the place of ${name} does not fit its shape or the file`;
    tensors.set(name, { shape, values: widen(readAt(fd, start + from, to - from), dtype) });
  }
  return tensors;
}

function isFloat(dtype: string): dtype is keyof typeof BYTES_PER_VALUE {
  return Object.hasOwn(BYTES_PER_VALUE, dtype);
}

function widen(bytes: Buffer, dtype: keyof typeof BYTES_PER_VALUE): Float32Array {
  const values = new Float32Array(bytes.length / BYTES_PER_VALUE[dtype]);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < values.length; i++) {
    if (dtype === 'F32') bits[i] = bytes.readUInt32LE(i * 4);
    else if (dtype === 'BF16') bits[i] = bytes.readUInt16LE(i * 2) << 16;
    else values[i] = halfToFloat(bytes.readUInt16LE(i * 2));
  }
  return values;
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of mantissa. */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
