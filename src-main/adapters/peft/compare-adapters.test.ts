import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type AdapterMatrix, encodeAdapterGguf } from './adapter-gguf.ts';
import { compareAdapters } from './compare-adapters.ts';

const directory = mkdtempSync(join(tmpdir(), 'luthier-adapters-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let files = 0;
function write(content: Uint8Array): string {
  const path = join(directory, `${files++}.gguf`);
  writeFileSync(path, content);
  return path;
}

const matrix = (name: string, values: number[], shape: readonly [number, number] = [values.length, 1]) =>
  ({ name, shape, values: Float32Array.from(values) }) satisfies AdapterMatrix;
const adapter = (...matrices: AdapterMatrix[]) =>
  write(encodeAdapterGguf({ architecture: 'llama', alpha: 8, matrices }));

describe('two adapters', () => {
  it('are the same where every byte is, with the hash of those bytes', async () => {
    const bytes = Buffer.from('luthier');
    expect(await compareAdapters(write(bytes), write(bytes))).toEqual({
      kind: 'same',
      // printf luthier | sha256sum
      sha256: 'fc3d680249fe2f01b75f693744f2df7ee8465fcf776ec08b798f1b9fb526be77',
      bytes: 7,
    });
  });

  it('differ by the matrices that have another value, and by how much', async () => {
    const before = adapter(matrix('a', [1, 2, 3]), matrix('b', [0, 0]), matrix('c', [5]));
    const now = adapter(matrix('a', [1, 2, 3]), matrix('b', [0.5, -0.25]), matrix('c', [4]));
    expect(await compareAdapters(before, now)).toEqual({
      kind: 'different',
      matrices: 3,
      differing: 2,
      largestDifference: 1,
    });
  });

  it('have no largest difference where one lacks a matrix, has another shape or no number', async () => {
    const before = adapter(matrix('a', [1, 2]));
    for (const [now, matrices, differing] of [
      [adapter(matrix('a', [1, 2]), matrix('b', [1])), 2, 1],
      [adapter(matrix('a', [1, 2], [1, 2])), 1, 1],
      [adapter(matrix('a', [1, Number.NaN])), 1, 1],
    ] as const) {
      expect(await compareAdapters(before, now)).toEqual({
        kind: 'different',
        matrices,
        differing,
        largestDifference: null,
      });
    }
  });

  it('are said to differ where one cannot be read, and not compared where one is not there', async () => {
    const whole = adapter(matrix('a', [1]));
    expect(await compareAdapters(whole, write(Buffer.from('GGUF')))).toEqual({
      kind: 'different',
      matrices: 0,
      differing: 0,
      largestDifference: null,
    });
    expect(await compareAdapters(whole, join(directory, 'nowhere'))).toBeNull();
  });
});
