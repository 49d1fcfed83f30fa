/** Reads a LoRA adapter GGUF: the inverse of `encodeAdapterGguf`. */
import { readFileSync } from 'node:fs';
import type { AdapterContent, AdapterMatrix } from './adapter-gguf.ts';

/** Bytes of a scalar by GGUF's number of its type; 8 is a string, 9 a list. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 },
};
const TYPE_FLOAT = 6;
const TYPE_STRING = 8;
const TYPE_LIST = 9;
const TENSOR_F32 = 0;

/** The adapter, or what is wrong with the file. Only float32, which is what the trainer writes. */
export function readAdapterGguf(path: string): AdapterContent | string {
  try {
    return new Reader(readFileSync(path)).adapter();
  } catch (error) {
    if (error instanceof RangeError) return 'it ends too early';
    throw error;
  }
}

class Reader {
  readonly #file: Buffer;
  #at = 0;

  constructor(file: Buffer) {
    this.#file = file;
  }

  adapter(): AdapterContent | string {
    if (this.#take(4).toString('latin1') !== 'GGUF') return 'it is no GGUF file';
    if (this.#u32() !== 3) return 'it is of another version of GGUF';
    const tensors = this.#u64();
    const values = new Map<string, string | number>();
    for (let left = this.#u64(); left > 0; left--) {
      const key = this.#text();
      const value = this.#value(this.#u32());
      if (value !== null) values.set(key, value);
    }
    const infos = Array.from({ length: tensors }, () => {
      const name = this.#text();
      const shape = Array.from({ length: this.#u32() }, () => this.#u64());
      return { name, shape, type: this.#u32(), offset: this.#u64() };
    });
    const alignment = Number(values.get('general.alignment') ?? 32);
    const start = Math.ceil(this.#at / alignment) * alignment;
    const matrices: AdapterMatrix[] = [];
    for (const { name, shape, type, offset } of infos) {
      const [columns, rows, ...more] = shape;
      if (columns === undefined || rows === undefined || more.length > 0) return `${name} is no matrix`;
      if (type !== TENSOR_F32) return `${name} is not in float32`;
      this.#at = start + offset;
      const bytes = Uint8Array.from(this.#take(columns * rows * 4));
      matrices.push({ name, shape: [columns, rows], values: new Float32Array(bytes.buffer) });
    }
    const architecture = values.get('general.architecture');
    if (typeof architecture !== 'string') return 'it names no architecture';
    return { architecture, alpha: Number(values.get('adapter.lora.alpha') ?? 0), matrices };
  }

  #value(type: number): string | number | null {
    if (type === TYPE_STRING) return this.#text();
    if (type === TYPE_LIST) {
      const of = this.#u32();
      for (let left = this.#u64(); left > 0; left--) this.#value(of);
      return null;
    }
    const bytes = this.#take(SCALAR_BYTES[type] ?? Number.POSITIVE_INFINITY);
    if (type === TYPE_FLOAT) return bytes.readFloatLE();
    return bytes.length === 4 ? bytes.readUInt32LE() : null;
  }

  /** Throws a RangeError beyond the end. */
  #take(bytes: number): Buffer {
    if (this.#at + bytes > this.#file.length) throw new RangeError('beyond the end');
    this.#at += bytes;
    return this.#file.subarray(this.#at - bytes, this.#at);
  }
  #u32(): number {
    return this.#take(4).readUInt32LE();
  }
  #u64(): number {
    return Number(this.#take(8).readBigUInt64LE());
  }
  #text(): string {
    return this.#take(this.#u64()).toString('utf8');
  }
}
