/** Settings are stored whole or not at all, and every way into the data folder sees the same ones. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BackendParts } from '../src-main/backend/backend-parts.ts';
import { changeSettings, showSettings } from '../src-main/backend/settings/change-settings.ts';
import { openParts } from './backend.ts';
import { createWorkspace, root, startLuthier } from './luthier-process.ts';

const { signal } = new AbortController();
let workspace: ReturnType<typeof createWorkspace>;
beforeEach(() => {
  workspace = createWorkspace('settings');
});
afterEach(() => workspace.remove());

async function luthier(...args: string[]) {
  const nowhere = { HOME: workspace.directory, USERPROFILE: workspace.directory };
  const emptied = { XDG_CACHE_HOME: '', HF_HOME: '', HF_HUB_CACHE: '', LLAMA_CACHE: '', OLLAMA_MODELS: '' };
  const run = startLuthier([...args, '--json', '--home', workspace.home], { ...nowhere, ...emptied });
  const { code, json, stderr } = await run.finished;
  return { code, value: json[0], stderr };
}

describe('changes', () => {
  let parts: BackendParts;
  beforeEach(() => {
    parts = openParts(workspace.home);
  });
  afterEach(() => parts.store.close());

  it('are told to whoever watches, with their names', async () => {
    const told: string[][] = [];
    parts.events.watchSettings(names => told.push(names));
    const changed = await changeSettings(parts, { theme: 'dark', modelFolders: ['/a', '/b', '/a'] }, signal);
    expect(changed).toMatchObject({
      ok: true,
      value: {
        settings: { theme: 'dark', modelFolders: ['/a', '/b'], cacheLimitBytes: null },
        missingFolders: ['/a', '/b'],
        faulty: [],
      },
    });
    expect(told.map(names => names.sort())).toEqual([['modelFolders', 'theme']]);
  });

  it('leave alone what they do not name', async () => {
    await changeSettings(parts, { cacheLimitBytes: 1000 }, signal);
    await changeSettings(parts, { theme: 'light' }, signal);
    expect(JSON.parse(readFileSync(showSettings(parts).path, 'utf8'))).toEqual({
      cacheLimitBytes: 1000,
      theme: 'light',
    });
  });

  it('are refused together, each fault with its place and what is allowed', async () => {
    const told: string[][] = [];
    parts.events.watchSettings(names => told.push(names));
    const wrong = { theme: 'black', modelFolders: ['/a', 'b'], cacheLimitBytes: 0, modelFolder: '/a' };
    const refused = await changeSettings(parts, wrong, signal);
    expect(refused).toMatchObject({ ok: false, error: { code: 'settings.invalid' } });
    const { faults } = (refused.ok ? null : refused.error.details) as { faults: Record<string, unknown>[] };
    expect(faults.map(({ path, found, nearest }) => [path, found, nearest]).sort()).toEqual([
      ['cacheLimitBytes', '0', null],
      ['modelFolder', '"/a"', 'modelFolders'],
      ['modelFolders.1', '"b"', null],
      ['theme', '"black"', null],
    ]);
    expect(told).toEqual([]);
    expect(showSettings(parts).settings.theme).toBe('system');
  });
});

describe('luthier settings', () => {
  it('sets folders that luthier models and luthier disk models look through', async () => {
    const folder = join(workspace.directory, 'my models');
    mkdirSync(folder);
    const source = join(root, 'src-native', 'test', 'fixtures', 'gradients', 'gemma3', 'model.gguf');
    copyFileSync(source, join(folder, 'gemma.gguf'));
    const away = join(workspace.directory, 'unplugged');
    const set = await luthier('settings', 'set', 'modelFolders', folder, away);
    expect(set).toMatchObject({ code: 0, value: { missingFolders: [away] } });
    expect(set.stderr).toContain(`${away} is not there now.`);
    const models = await luthier('models');
    expect(models.value).toMatchObject({ models: [{ path: join(folder, 'gemma.gguf') }] });
    expect(models.stderr).toContain(`${away} of the settings is not there now.`);
    const sizes = await luthier('disk', 'models');
    expect(sizes.value).toMatchObject({ items: [{ id: join(folder, 'gemma.gguf') }] });
    await luthier('settings', 'set', 'modelFolders', 'none');
    expect((await luthier('models')).value).toEqual({ models: [] });
  });

  it('takes sizes with a unit and true or false, and shows what is set', async () => {
    expect((await luthier('settings', 'set', 'cacheLimitBytes', '1.5GiB')).code).toBe(0);
    expect((await luthier('settings', 'set', 'notifyAtEnd', 'false')).code).toBe(0);
    const shown = await luthier('settings');
    expect(shown.value).toMatchObject({
      settings: { cacheLimitBytes: 1.5 * 2 ** 30, notifyAtEnd: false },
      faulty: [],
    });
  });

  it.each([
    [
      ['set', 'theme', 'black'],
      'settings.invalid',
      'theme is "black"; allowed is one of system, light, dark.',
    ],
    [['set', 'notifyAtEnd', 'maybe'], 'settings.invalid', 'allowed is true or false'],
    [['set', 'thema', 'dark'], 'settings.invalid', 'Did you mean theme?'],
    [['set', 'cacheLimitBytes', 'much'], 'settings.invalid', 'cacheLimitBytes is "much"'],
    [['set'], 'arguments.invalid', '`settings set` is not known.'],
    [['forget', 'theme'], 'arguments.invalid', '`settings forget theme` is not known.'],
  ])('refuses %j with its place', async (args, code, cause) => {
    const refused = await luthier('settings', ...args);
    expect(refused).toMatchObject({
      code: 2,
      value: { error: { code, cause: expect.stringContaining(cause) } },
    });
  });

  it('says what of the file it cannot read, and goes on', async () => {
    mkdirSync(workspace.home);
    writeFileSync(join(workspace.home, 'settings.json'), '{"theme": 7, "cacheLimitBytes": 5}');
    const { code, value, stderr } = await luthier('settings');
    expect(code).toBe(0);
    expect(value).toMatchObject({ settings: { theme: 'system', cacheLimitBytes: 5 }, faulty: ['theme'] });
    expect(stderr).toContain('`theme` cannot be read');
  });
});
