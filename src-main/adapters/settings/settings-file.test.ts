import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settingsFile } from './settings-file.ts';

const DEFAULTS = { cacheLimitBytes: null, modelFolders: [], notifyAtEnd: true, theme: 'system' };
let home = '';
let path = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'luthier-settings-'));
  path = join(home, 'settings.json');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const stored = () => JSON.parse(readFileSync(path, 'utf8'));

it('gives back what was changed, and the defaults where nothing was', () => {
  expect(settingsFile.read(home)).toEqual({ settings: DEFAULTS, path, faulty: [] });
  settingsFile.change(home, { cacheLimitBytes: 5 });
  settingsFile.change(home, { theme: 'dark' });
  expect(settingsFile.read(home).settings).toEqual({ ...DEFAULTS, cacheLimitBytes: 5, theme: 'dark' });
});

it('stores no default, so that a later version may have a better one', () => {
  settingsFile.change(home, { theme: 'light' });
  expect(stored()).toEqual({ theme: 'light' });
  expect(readdirSync(home)).toEqual(['settings.json']);
});

it('keeps what a later version has put into the file', () => {
  writeFileSync(path, '{"cacheLimitBytes": 3, "later": {"a": 1}}');
  settingsFile.change(home, { cacheLimitBytes: null });
  expect(stored()).toEqual({ cacheLimitBytes: null, later: { a: 1 } });
});

it('reads one bad value as its default and keeps the others', () => {
  const damaged = '{"cacheLimitBytes": -1, "modelFolders": ["/models"], "later": 2}';
  writeFileSync(path, damaged);
  const { settings, faulty } = settingsFile.read(home);
  expect(settings).toEqual({ ...DEFAULTS, modelFolders: ['/models'] });
  expect(faulty).toEqual(['cacheLimitBytes']);
  settingsFile.change(home, { theme: 'dark' });
  expect(stored()).toEqual({ modelFolders: ['/models'], later: 2, theme: 'dark' });
  expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(damaged);
  expect(settingsFile.read(home).faulty).toEqual([]);
});

it.each(['{"cacheLimitBytes": ', '[]', 'null', ''])('puts %j aside when it writes', damaged => {
  writeFileSync(path, damaged);
  expect(settingsFile.read(home)).toEqual({ settings: DEFAULTS, path, faulty: [''] });
  settingsFile.change(home, { cacheLimitBytes: 7 });
  expect(stored()).toEqual({ cacheLimitBytes: 7 });
  expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(damaged);
});
