/** The desktop app in Electron itself; skipped where its binary or a display is missing. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron as electron, expect, test } from 'playwright/test';

const root = join(import.meta.dirname, '..');
const { ELECTRON_EXEC_PATH, DISPLAY, WAYLAND_DISPLAY } = process.env;

/** `require('electron')` would try to download the binary; its `path.txt` tells without that. */
function findElectron(): string | null {
  const packageDirectory = join(root, 'node_modules', 'electron');
  const pathFile = join(packageDirectory, 'path.txt');
  const installed = existsSync(pathFile) && join(packageDirectory, 'dist', readFileSync(pathFile, 'utf8'));
  const candidate = ELECTRON_EXEC_PATH || installed;
  return candidate && existsSync(candidate) ? candidate : null;
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

test('opens the studio’s start page in a window', async () => {
  const executablePath = findElectron();
  test.skip(executablePath === null, 'The Electron binary is not installed.');
  test.skip(!existsSync(join(root, 'out', 'main', 'electron.js')), 'The app is not built.');
  test.skip(!hasDisplay(), 'There is no display.');

  const home = await mkdtemp(join(tmpdir(), 'luthier-e2e-'));
  const sandboxArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // Chromium refuses root's
  const app = await electron.launch({
    executablePath: executablePath ?? '',
    args: [
      root,
      `--home=${join(home, 'data')}`,
      `--user-data-dir=${join(home, 'profile')}`,
      ...sandboxArguments,
    ],
  });
  try {
    const page = await app.firstWindow();
    await expect(page).toHaveTitle(/Luthier/);
    expect(page.url()).toMatch(/^app:\/\/luthier\//);
    await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
    expect(await page.evaluate(() => Object.keys(Reflect.get(globalThis, 'luthier')))).toEqual([
      'connect',
      'pathOf',
      'chooseFile',
      'showInFolder',
      'setMenu',
      'onRequest',
    ]);
    expect(await page.evaluate(() => ['require', 'process'].filter(name => name in globalThis))).toEqual([]);
  } finally {
    await app.close();
    await rm(home, { recursive: true, force: true });
  }
});
