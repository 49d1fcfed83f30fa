import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabelledExample } from '../../../src-shared/domain/labels.ts';
import { type PreparedMeta, VERSION } from './format.ts';
import { PreparedDataset } from './prepared-reader.ts';
import { PreparedWriter } from './prepared-writer.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'luthier-prepared-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const meta: PreparedMeta = {
  examples: 3,
  dataExamples: 3,
  trainingExamples: 1,
  padId: 0,
  hashes: { data: 'd', model: 'm', template: 't', preparedDataset: 'p' },
  report: {
    totals: {
      examples: 3,
      kept: 2,
      dropped: { truncated: 1 },
      tokens: 3,
      trainableTokens: 1,
      truncatedExamples: 1,
      steps: 1,
      lengths: { p50: 1, p95: 2, max: 2 },
    },
    checks: [],
  },
};

const examples: LabelledExample[] = [
  {
    row: 0,
    line: 1,
    inputIds: Int32Array.of(5, 6),
    labels: Int32Array.of(-100, 6),
    dropped: null,
    truncatedTokens: 0,
    method: 'tags',
    problem: '',
    findings: [],
    trace: null,
  },
  {
    row: 1,
    line: 3,
    inputIds: Int32Array.of(7),
    labels: Int32Array.of(-100),
    dropped: 'truncated',
    truncatedTokens: 9,
    method: 'sentinels',
    problem: 'Zu lang: ü',
    findings: [],
    trace: null,
  },
  {
    row: 2,
    line: 4,
    inputIds: Int32Array.of(8),
    labels: Int32Array.of(8),
    dropped: null,
    truncatedTokens: 0,
    method: 'none',
    problem: '',
    findings: [],
    trace: null,
  },
];

function write(path: string) {
  const writer = new PreparedWriter(path);
  for (const example of examples) writer.add(example);
  writer.finish(meta, index => (index === 2 ? 'validation' : 'training'));
  writer.dispose();
}

describe('the prepared dataset', () => {
  it('gives back what was written, example by example', () => {
    const path = join(directory, 'a.luthdata');
    write(path);
    const opened = PreparedDataset.open(path);
    if (!opened.ok) throw new Error(opened.error.cause);
    expect([0, 1, 2].map(i => opened.value.read(i))).toEqual(examples);
    expect(opened.value.meta).toEqual(meta);
    expect([...opened.value.indicesOf('training')]).toEqual([0]);
    expect([...opened.value.indicesOf('validation')]).toEqual([2]);
    expect([...opened.value.indicesOf('dropped')]).toEqual([1]);
    opened.value.close();
  });

  it('is byte-identical for the same examples', () => {
    write(join(directory, 'a'));
    write(join(directory, 'b'));
    expect(readFileSync(join(directory, 'a')).equals(readFileSync(join(directory, 'b')))).toBe(true);
  });

  it('leaves nothing behind when it is given up', () => {
    const writer = new PreparedWriter(join(directory, 'a'));
    for (const example of examples) writer.add(example);
    writer.dispose();
    writer.dispose();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('refuses a file that was cut, overwritten or made by another version', () => {
    const path = join(directory, 'a');
    write(path);
    const whole = readFileSync(path);
    const later = Buffer.from(whole);
    later.writeUInt32LE(VERSION + 1, 8);
    for (const damaged of [
      whole.subarray(0, whole.length - 1),
      whole.subarray(0, 10),
      Buffer.alloc(200),
      later,
      Buffer.alloc(0),
    ]) {
      writeFileSync(path, damaged);
      expect(PreparedDataset.open(path)).toMatchObject({ ok: false, error: { code: 'prepared.damaged' } });
    }
  });
});
