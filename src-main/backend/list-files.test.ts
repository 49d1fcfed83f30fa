/** The page may look into the user's folder, never out of it. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listFiles } from './list-files.ts';

const outside = mkdtempSync(join(tmpdir(), 'luthier-files-'));
const root = join(outside, 'home');
mkdirSync(join(root, 'data'), { recursive: true });
writeFileSync(join(root, 'base.gguf'), 'x');
writeFileSync(join(root, 'notes.md'), 'x');
writeFileSync(join(root, '.secret'), 'x');
writeFileSync(join(outside, 'other.gguf'), 'x');
symlinkSync(outside, join(root, 'way-out'));
afterAll(() => rmSync(outside, { recursive: true, force: true }));

test('lists folders first, then files of the wanted kind, nothing hidden', () => {
  const listed = listFiles(root, null, ['.gguf']);
  expect(listed.ok && listed.value.entries.map(({ name }) => name)).toEqual(['data', 'way-out', 'base.gguf']);
  expect(listed.ok && listed.value.parent).toBeNull();
});

test.each([
  ['a folder above', outside],
  ['a path with dots', join(root, 'data', '..', '..')],
  ['a link that leads out', join(root, 'way-out')],
  ['a folder that is not there', join(root, 'gone')],
])('refuses %s', (_, directory) => {
  const listed = listFiles(root, directory, []);
  expect(!listed.ok && listed.error.code).toBe('files.notListed');
});
