// Opens the studio: in a window where Electron's program is installed or can be, else in the browser.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runPinned } from './setup.mjs';

const STALL_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const electronPackage = join(root, 'node_modules', 'electron');
const failureNote = join(root, 'build', 'electron-install-failed.txt');

const args = process.argv.slice(2);
const retry = args.includes('--retry-electron');
const rest = args.filter(arg => arg !== '--retry-electron');
const log = line => process.stderr.write(`${line}\n`);

const program = electronProgram() ?? (await installElectron());
if (program) {
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  process.exitCode = await runPinned(program, [root, ...rest], { env: environment });
} else {
  log('The studio opens in the browser instead of a window.');
  process.exitCode = await runPinned(process.execPath, [
    join(root, 'out', 'main', 'cli.js'),
    'serve',
    ...rest,
  ]);
}

/** Electron's program, without asking the package: requiring it outside Electron starts a download. */
function electronProgram() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electronPackage, 'dist');
  const candidates = [process.env.ELECTRON_EXEC_PATH, named(folder)].filter(Boolean);
  return candidates.find(existsSync) ?? null;
}

function named(folder) {
  try {
    return join(folder, readFileSync(join(electronPackage, 'path.txt'), 'utf8').trim());
  } catch {
    return null;
  }
}

/** Tries Electron's own installer, once; a failure is remembered until `--retry-electron`. */
async function installElectron() {
  if (existsSync(failureNote) && !retry) {
    log(
      `Electron is not installed (${readFileSync(failureNote, 'utf8').trim()}). Try again: npm start -- --retry-electron`,
    );
    return null;
  }
  log('Electron is missing; its installer fetches it now (about 110 MB).');
  const failure = await runInstaller();
  const found = electronProgram();
  if (found) {
    rmSync(failureNote, { force: true });
    return found;
  }
  const reason = failure ?? 'the installer left no program';
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(failureNote, `${reason}\n`);
  log(`Electron could not be installed: ${reason}`);
  return null;
}

/** Null when the installer was happy, else why not. Its download is watched by the bytes that arrive. */
function runInstaller() {
  const arrivals = join(root, 'build', 'electron-download');
  rmSync(arrivals, { recursive: true, force: true });
  mkdirSync(arrivals, { recursive: true });
  return new Promise(resolve => {
    const child = spawn(process.execPath, [join(electronPackage, 'install.js')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: arrivals, TEMP: arrivals, TMP: arrivals },
    });
    let lastLine = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', chunk => {
        lastLine =
          chunk
            .split('\n')
            .find(line => /error/i.test(line))
            ?.trim() ?? lastLine;
      });
    }
    let bytes = -1;
    let grewAt = Date.now();
    let stalled = false;
    const watch = setInterval(() => {
      const now = sizeOf(arrivals);
      if (now !== bytes) {
        if (now > 0) log(`electron: ${Math.round(now / 1e6)} MB`);
        bytes = now;
        grewAt = Date.now();
      } else if (Date.now() - grewAt > STALL_LIMIT_MS) {
        stalled = true;
        child.kill('SIGKILL');
      }
    }, LOOK_EVERY_MS);
    child.on('error', error => finish(error.message));
    child.on('close', code =>
      finish(
        stalled ? 'nothing arrived for 60 seconds' : code === 0 ? null : lastLine || `exit code ${code}`,
      ),
    );
    function finish(result) {
      clearInterval(watch);
      rmSync(arrivals, { recursive: true, force: true });
      resolve(result);
    }
  });
}

function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    try {
      if (entry.isFile()) bytes += statSync(join(entry.parentPath ?? entry.path, entry.name)).size;
    } catch {
      // The installer moved it away meanwhile.
    }
  }
  return bytes;
}
