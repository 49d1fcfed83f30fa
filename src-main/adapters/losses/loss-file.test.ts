import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LossesMeta } from '../../pipeline/losses/stored-losses.ts';
import { lossPathOf, readLosses, readTokenLosses, writeLosses } from './loss-file.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'luthier-losses-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const row = {
  line: 1,
  trainedTokens: 1,
  loss: 2.5,
  excerpt: 'Grüße 🙂',
  worstTokens: [{ position: 1, text: 'ü', loss: 2.5 }],
};
const meta: LossesMeta = {
  split: 'validation',
  measuredAt: '2026-11-27T12:00:00.000Z',
  hashes: { data: 'd', model: 'm', template: 't', preparedDataset: 'p' },
  adapterSha256: 'a',
  totalRows: 5,
  rows: [
    { ...row, row: 4, part: 0, tokens: 3 },
    { ...row, row: 4, part: 1, tokens: 2 },
  ],
};
const tokens = [
  { ids: Int32Array.of(5, 6, 7), losses: Float32Array.of(Number.NaN, 0.25, 3) },
  { ids: Int32Array.of(8, 9), losses: Float32Array.of(Number.NaN, 1.5) },
];

describe('the file of losses', () => {
  it('gives back what was written, each example by row and part', () => {
    const path = lossPathOf(directory, 'validation');
    writeLosses(path, meta, tokens);
    expect(readLosses(path)).toEqual(meta);
    expect(readTokenLosses(path, 4, 0)).toEqual(tokens[0]);
    expect(readTokenLosses(path, 4, 1)).toEqual(tokens[1]);
    expect(readTokenLosses(path, 3, 0)).toBe(null);
    expect(readdirSync(directory)).toEqual(['losses-validation.luthloss']);
  });

  it('is as if not there where it is cut, overwritten or of another version', () => {
    const path = lossPathOf(directory, 'training');
    expect(readLosses(path)).toBe(null);
    writeLosses(path, meta, tokens);
    const whole = readFileSync(path);
    const later = Buffer.from(whole);
    later.writeUInt32LE(2, 8);
    for (const bytes of [whole.subarray(0, -4), whole.subarray(0, 30), Buffer.alloc(200), later]) {
      writeFileSync(path, bytes);
      expect(readLosses(path)).toBe(null);
      expect(readTokenLosses(path, 4, 0)).toBe(null);
    }
  });

  it('stays what it was where another one cannot be written', () => {
    const path = lossPathOf(directory, 'training');
    writeLosses(path, meta, tokens);
    const endless = { ...meta, measuredAt: 1n as never };
    expect(() => writeLosses(path, endless, tokens)).toThrow();
    expect(readLosses(path)).toEqual(meta);
  });
});
