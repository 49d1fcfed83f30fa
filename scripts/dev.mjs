// Rebuilds on every change while the studio is open: in Electron where it is installed, else in the browser.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runPinned } from './setup.mjs';

const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
const pathFile = join(root, 'node_modules', 'electron', 'path.txt');
const hasElectron =
  existsSync(pathFile) &&
  existsSync(join(root, 'node_modules', 'electron', 'dist', readFileSync(pathFile, 'utf8').trim()));

if (hasElectron) {
  process.exitCode = await runPinned(process.execPath, [builder, 'dev'], { cwd: root });
} else {
  const watcher = spawn(process.execPath, [builder, 'build', '--watch'], { cwd: root, stdio: 'inherit' });
  process.exitCode = await runPinned(process.execPath, [
    join(root, 'out', 'main', 'cli.js'),
    'serve',
    ...process.argv.slice(2),
  ]);
  watcher.kill();
}
