// `npm run package`: the installer for this platform, in dist/ (AppImage and deb, dmg, or a Windows installer).
//
// Where Electron's archive cannot be had, the same configuration is packed over a stand-in and its contents are
// checked; there is no installer then, and the command says so. `--stand-in` asks for that at once.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'electron-builder';
import { buildNative } from './native/build.mjs';
import { checkPackage } from './package/check.mjs';
import { packageConfig } from './package/config.mjs';
import { makeStandInElectron } from './package/stand-in-electron.mjs';
import { root } from './setup.mjs';

const say = line => process.stdout.write(`${line}\n`);
const machine = { platform: process.platform, arch: process.arch };
const electron = process.argv.includes('--stand-in') ? null : installElectron();

if (electron === null && machine.platform === 'darwin') {
  say("Electron's archive is missing, and there is no stand-in for macOS' bundle.");
  process.exit(1);
}
await buildNative({ isPortable: true });
const electronDist = electron ?? makeStandInElectron(machine.platform);
await build({
  projectDir: root,
  publish: 'never',
  dir: electron === null,
  config: packageConfig(machine, electronDist),
});

const folder = join(
  root,
  'dist',
  { linux: 'linux-unpacked', win32: 'win-unpacked', darwin: 'mac' }[machine.platform],
);
if (machine.platform !== 'darwin') report(checkPackage(folder, machine));
say(
  electron === null
    ? `No installer was made: Electron's archive is missing. The packed app without Electron is in ${folder}.`
    : `The installer is in ${join(root, 'dist')}.`,
);

function report({ problems, bytes, archiveBytes, libraries }) {
  for (const problem of problems) say(`package: ${problem}`);
  say(
    `package: ${megabytes(bytes)} without Electron, of which ${megabytes(archiveBytes)} in the archive; ${libraries.length} libraries`,
  );
  if (problems.length > 0) process.exit(1);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The unpacked Electron that the package's own script fetches; null where it cannot be had. */
function installElectron() {
  const home = join(root, 'node_modules', 'electron');
  const isInstalled = () => existsSync(join(home, 'path.txt')) && existsSync(join(home, 'dist'));
  if (!isInstalled()) {
    say("package: fetch Electron's archive");
    const { stderr } = spawnSync(process.execPath, [join(home, 'install.js')], { encoding: 'utf8' });
    if (!isInstalled()) say(`package: it cannot be had: ${stderr.trim().split('\n')[0]}`);
  }
  return isInstalled() && readFileSync(join(home, 'path.txt'), 'utf8') !== '' ? join(home, 'dist') : null;
}
