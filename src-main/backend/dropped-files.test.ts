/** A dropped file arrives whole under a free name, or leaves nothing. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { orThrow } from '../../src-shared/contract/coded-error.ts';
import { DroppedFiles } from './dropped-files.ts';

let home: string;
let free: number | null;
let nowMs: number;
let files: DroppedFiles;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'luthier-dropped-'));
  free = null;
  nowMs = 1_000_000;
  files = new DroppedFiles({ home, freeBytes: () => free, now: () => new Date(nowMs) });
});
afterEach(() => {
  files.close();
  rmSync(home, { recursive: true, force: true });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const there = () => readdirSync(join(home, 'dropped')).sort();

function take(name: string, text: string): string {
  const { id } = orThrow(files.begin({ name, bytes: text.length }));
  orThrow(files.part({ id, at: 0, part: bytes(text) }));
  return orThrow(files.keep(id)).path;
}

it('puts parts together in their order', () => {
  const { id } = orThrow(files.begin({ name: 'rows.jsonl', bytes: 5 }));
  expect(files.part({ id, at: 0, part: bytes('abc') })).toEqual({ ok: true, value: { received: 3 } });
  orThrow(files.part({ id, at: 3, part: bytes('de') }));
  const { path } = orThrow(files.keep(id));
  expect(readFileSync(path, 'utf8')).toBe('abcde');
  expect(there()).toEqual(['rows.jsonl']);
});

it('takes an empty file', () => {
  expect(readFileSync(take('empty.txt', ''), 'utf8')).toBe('');
});

it('never writes over a file, and keeps double endings whole', () => {
  const names = ['a.luthier.yaml', 'a.luthier.yaml', 'a.csv.gz', 'a.csv.gz', 'a.csv.gz', 'b.gguf'];
  for (const [i, name] of names.entries()) take(name, `content ${i}`);
  expect(there()).toEqual([
    ...['a (2).csv.gz', 'a (2).luthier.yaml', 'a (3).csv.gz', 'a.csv.gz', 'a.luthier.yaml', 'b.gguf'],
  ]);
  expect(readFileSync(join(home, 'dropped', 'a.csv.gz'), 'utf8')).toBe('content 2');
});

it.each([
  ['../../etc/a.yaml', 'a.yaml'],
  ['C:\\data\\a.csv', 'a.csv'],
  ['..a.csv', 'a.csv'],
  ['a\u0000b:c?.csv', 'a_b_c_.csv'],
  [`${'x'.repeat(300)}.csv`, `${'x'.repeat(116)}.csv`],
])('keeps %j inside the folder', (name, kept) => {
  expect(take(name, 'x')).toBe(join(home, 'dropped', kept));
});

it.each(['a.exe', 'yaml', 'a.gguf.part', ''])('refuses %j, which is nothing for the studio', name => {
  expect(files.begin({ name, bytes: 1 })).toMatchObject({ error: { code: 'dropped.unknownKind' } });
  expect(existsSync(join(home, 'dropped'))).toBe(false);
});

it('refuses what the disk has no room for, before anything is written', () => {
  free = 300 * 2 ** 20;
  expect(files.begin({ name: 'a.gguf', bytes: 100 * 2 ** 20 })).toMatchObject({
    error: { code: 'dropped.noRoom' },
  });
  expect(there()).toEqual([]);
  expect(files.begin({ name: 'a.gguf', bytes: 10 * 2 ** 20 }).ok).toBe(true);
});

it('refuses parts that do not follow, and more than was said', () => {
  const { id } = orThrow(files.begin({ name: 'a.csv', bytes: 4 }));
  orThrow(files.part({ id, at: 0, part: bytes('ab') }));
  for (const [at, text] of [
    [0, 'ab'],
    [3, 'd'],
    [2, 'cde'],
  ] as const) {
    expect(files.part({ id, at, part: bytes(text) })).toMatchObject({
      error: { code: 'dropped.outOfOrder' },
    });
  }
  expect(files.keep(id)).toMatchObject({ error: { code: 'dropped.notWhole' } });
  orThrow(files.part({ id, at: 2, part: bytes('cd') }));
  expect(readFileSync(orThrow(files.keep(id)).path, 'utf8')).toBe('abcd');
});

it('leaves nothing of what is abandoned, or not kept when the backend closes', () => {
  const first = orThrow(files.begin({ name: 'a.csv', bytes: 4 }));
  orThrow(files.begin({ name: 'b.csv', bytes: 4 }));
  files.abandon(first.id);
  files.abandon(first.id);
  expect(files.part({ id: first.id, at: 0, part: bytes('a') })).toMatchObject({
    error: { code: 'dropped.gone' },
  });
  expect(there()).toHaveLength(1);
  files.close();
  expect(there()).toEqual([]);
});

it('takes four at once, and forgets those of pages that fell silent', () => {
  for (const name of ['a.csv', 'b.csv', 'c.csv', 'd.csv']) orThrow(files.begin({ name, bytes: 4 }));
  expect(files.begin({ name: 'e.csv', bytes: 4 })).toMatchObject({ error: { code: 'dropped.tooMany' } });
  nowMs += 11 * 60_000;
  expect(files.begin({ name: 'e.csv', bytes: 4 }).ok).toBe(true);
  expect(there()).toHaveLength(1);
});

it('removes what a killed process left, and nothing else', () => {
  const folder = join(home, 'dropped');
  mkdirSync(folder, { recursive: true });
  const left = `.4194304-${'a'.repeat(32)}.partial`; // more than any Linux gives as a number
  const own = `.${process.pid}-${'b'.repeat(32)}.partial`;
  for (const name of [left, own, 'a.csv', '.hidden']) writeFileSync(join(folder, name), 'x');
  new DroppedFiles({ home, freeBytes: () => null, now: () => new Date() });
  expect(there()).toEqual([own, '.hidden', 'a.csv'].sort());
});
