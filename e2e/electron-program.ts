/** Electron's program and how the studio is started with it, where it can be. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron as electron } from 'playwright/test';
import { root } from './luthier-process.ts';

const { ELECTRON_EXEC_PATH, DISPLAY, WAYLAND_DISPLAY } = process.env;

/** `require('electron')` would try to download the binary; its `path.txt` tells without that. */
function findElectron(): string | null {
  const packageDirectory = join(root, 'node_modules', 'electron');
  const pathFile = join(packageDirectory, 'path.txt');
  const installed = existsSync(pathFile) && join(packageDirectory, 'dist', readFileSync(pathFile, 'utf8'));
  const candidate = ELECTRON_EXEC_PATH || installed;
  return candidate && existsSync(candidate) ? candidate : null;
}

/** Null where it can run, else why not. */
export function whyNoElectron(): string | null {
  if (findElectron() === null) return 'The Electron binary is not installed.';
  if (!existsSync(join(root, 'out', 'main', 'electron.js'))) return 'The app is not built.';
  const hasDisplay = process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
  return hasDisplay ? null : 'There is no display.';
}

/** The app over a data folder and a profile of its own below `directory`. */
export function launchElectron(home: string, directory: string) {
  const sandboxArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // Chromium refuses root's
  return electron.launch({
    executablePath: findElectron() ?? '',
    args: [root, `--home=${home}`, `--user-data-dir=${join(directory, 'profile')}`, ...sandboxArguments],
  });
}
