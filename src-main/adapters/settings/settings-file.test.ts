import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settingsFile } from './settings-file.ts';

let home = '';
let path = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'luthier-settings-'));
  path = join(home, 'settings.json');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it('gives back what was written, and the defaults where there is no file', () => {
  expect(settingsFile.read(home)).toEqual({ cacheLimitBytes: null });
  settingsFile.write(home, { cacheLimitBytes: 5 });
  expect(settingsFile.read(home)).toEqual({ cacheLimitBytes: 5 });
});

it('keeps what a later version has put into the file', () => {
  writeFileSync(path, '{"cacheLimitBytes": 3, "later": {"a": 1}}');
  settingsFile.write(home, { cacheLimitBytes: null });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ cacheLimitBytes: null, later: { a: 1 } });
});

it.each(['{"cacheLimitBytes": ', '{"cacheLimitBytes": -1}', '[]'])(
  'reads %s as the defaults, and puts it aside when it writes',
  damaged => {
    writeFileSync(path, damaged);
    expect(settingsFile.read(home)).toEqual({ cacheLimitBytes: null });
    settingsFile.write(home, { cacheLimitBytes: 7 });
    expect(settingsFile.read(home)).toEqual({ cacheLimitBytes: 7 });
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(damaged);
  },
);
