// Writes small GGUF files for tests of headers; values are little-endian, as in every file that people have.
import { writeFileSync } from 'node:fs';

export interface GgufContent {
  readonly strings?: Readonly<Record<string, string>>;
  /** Written as uint32. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Float32 tensors of one row, or of another ggml type with the bytes of a row. */
  readonly tensors?: readonly {
    readonly name: string;
    readonly type?: number;
    readonly length: number;
    readonly bytes: number;
  }[];
}

const ALIGNMENT = 32;

export function writeGguf(path: string, { strings = {}, numbers = {}, tensors = [] }: GgufContent): void {
  const parts: Buffer[] = [];
  const u32 = (value: number) => {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    parts.push(part);
  };
  const u64 = (value: number) => {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    parts.push(part);
  };
  const text = (value: string) => {
    u64(Buffer.byteLength(value));
    parts.push(Buffer.from(value));
  };
  parts.push(Buffer.from('GGUF'));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(strings).length + Object.keys(numbers).length);
  for (const [key, value] of Object.entries(strings)) {
    text(key);
    u32(8); // string
    text(value);
  }
  for (const [key, value] of Object.entries(numbers)) {
    text(key);
    u32(4); // uint32
    u32(value);
  }
  let offset = 0;
  for (const { name, type = 0, length, bytes } of tensors) {
    text(name);
    u32(1);
    u64(length);
    u32(type);
    u64(offset);
    offset += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  }
  const header = Buffer.concat(parts);
  const padding = Buffer.alloc((ALIGNMENT - (header.length % ALIGNMENT)) % ALIGNMENT);
  writeFileSync(path, Buffer.concat([header, padding, Buffer.alloc(offset)]));
}
