/** Where a GGUF file holds its tensors, for tests that change a weight. Only what the fixtures use. */
import { readFileSync } from 'node:fs';

export interface TensorPlace {
  readonly shape: readonly number[];
  readonly type: number;
  /** Bytes from the beginning of the file. */
  readonly offset: number;
}

const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const STRING = 8;
const ARRAY = 9;
const ALIGNMENT = 32;

export function readTensorPlaces(path: string): Map<string, TensorPlace> {
  const file = readFileSync(path);
  let at = 8;
  const take = (bytes: number) => {
    at += bytes;
    return file.subarray(at - bytes, at);
  };
  const u32 = () => take(4).readUInt32LE();
  const u64 = () => Number(take(8).readBigUInt64LE());
  const text = () => take(u64()).toString('utf8');
  const skip = (type: number): void => {
    if (type === STRING) text();
    else if (type === ARRAY) {
      const of = u32();
      for (let left = u64(); left > 0; left--) skip(of);
    } else take(SCALAR_BYTES[type] ?? Number.NaN);
  };
  const tensors = u64();
  for (let left = u64(); left > 0; left--) {
    text();
    skip(u32());
  }
  const infos = Array.from({ length: tensors }, () => {
    const name = text();
    const shape = Array.from({ length: u32() }, u64);
    return { name, shape, type: u32(), offset: u64() };
  });
  const start = Math.ceil(at / ALIGNMENT) * ALIGNMENT;
  return new Map(infos.map(({ name, ...info }) => [name, { ...info, offset: start + info.offset }]));
}
