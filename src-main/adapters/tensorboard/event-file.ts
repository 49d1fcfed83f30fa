/**
 * The event files that TensorBoard reads: records of TensorFlow's `TFRecord` framing, each a protocol buffer of type
 * `tensorflow.Event` (tensorflow/core/util/event.proto, framework/summary.proto).
 */

/** A scalar at a step. */
export interface Scalar {
  readonly tag: string;
  readonly value: number;
}

/** The first record of every event file. */
export function versionRecord(wallSeconds: number): Buffer {
  return record(Buffer.concat([wallTime(wallSeconds), bytesField(3, Buffer.from('brain.Event:2'))]));
}

/** `event { wall_time step summary { value { tag simple_value } … } }` */
export function scalarsRecord(wallSeconds: number, step: number, scalars: readonly Scalar[]): Buffer {
  const values = scalars.map(({ tag, value }) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), floatField(2, value)])),
  );
  return record(
    Buffer.concat([wallTime(wallSeconds), varintField(2, step), bytesField(5, Buffer.concat(values))]),
  );
}

/** Length, checksum of the length, data, checksum of the data; little-endian. */
function record(data: Buffer): Buffer {
  const framed = Buffer.alloc(8 + 4 + data.length + 4);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedCrc(framed.subarray(0, 8)), 8);
  data.copy(framed, 12);
  framed.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return framed;
}

/** TensorFlow rotates checksums and adds a constant, so that a checksum of data with checksums in it stays a good one. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (Castagnoli), reflected, polynomial 0x1EDC6F41 (RFC 3720, appendix B.4). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

function wallTime(seconds: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (1 << 3) | FIXED_64;
  bytes.writeDoubleLE(seconds, 1);
  return bytes;
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = (field << 3) | FIXED_32;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | VARINT]), varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | LENGTH_DELIMITED]), varint(bytes.length), bytes]);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}
