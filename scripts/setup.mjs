// Brings a fresh clone to a state in which everything runs; does nothing where nothing is to do.
//
// Called by every command of package.json, under whatever Node started it (20.19 or newer). Prints to
// standard error only, so that a command's own output stays clean.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { underLock } from './under-lock.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const PINNED_NODE_MAJOR = 24;
const OLDEST_NODE = [20, 19];

/** A set-up that cannot go on, with a message that says what to do. */
export class SetupError extends Error {}

const log = line => process.stderr.write(`${line}\n`);

/** Installs, compiles and builds what is missing or out of date. Returns the Node to run with. */
export async function setUp() {
  requireNode();
  // Two commands started at once must not both write; the second waits for the first.
  await underLock(
    join(root, 'build', '.setup-lock'),
    async () => {
      await installDependencies();
      const { buildNative } = await import('./native/build.mjs');
      await buildNative({ log });
      await buildApp();
    },
    holder => log(`setup: waiting for another set-up, process ${holder}`),
  );
  return pinnedNode();
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old; Luthier's set-up needs ${OLDEST_NODE.join('.')} or newer.`,
  );
}

/** The Node 24 that the lock file brings; where there is none for the platform, the system's own if it is 24. */
export function pinnedNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(
    modules,
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    'bin',
    name,
  );
  if (existsSync(path)) return path;
  if (Number(process.versions.node.split('.')[0]) === PINNED_NODE_MAJOR) return process.execPath;
  throw new SetupError(
    `No package brings Node ${PINNED_NODE_MAJOR} for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}.\n` +
      `Install Node ${PINNED_NODE_MAJOR} and run the command again, for example: ${process.platform === 'darwin' ? 'brew install node@24' : 'https://nodejs.org/en/download'}`,
  );
}

/** `npm ci`, where the lock file is not the one that was installed last. */
async function installDependencies() {
  const stamp = join(modules, '.luthier-installed');
  const wanted = hashOf([join(root, 'package-lock.json'), join(root, 'package.json')]);
  if (read(stamp) === wanted) return;
  log('setup: install dependencies');
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  await run(command, [...args, '--no-audit', '--no-fund'], 'npm ci');
  writeAtomically(stamp, wanted);
}

/** Bundles main, preload and page, where a source changed. */
async function buildApp() {
  const stamp = join(root, 'out', '.stamp');
  const wanted = hashOf(appSources());
  if (read(stamp) === wanted) return;
  log('setup: build the app');
  rmSync(stamp, { force: true });
  await run(
    pinnedNode(),
    [join(modules, 'electron-vite', 'bin', 'electron-vite.js'), 'build'],
    'electron-vite build',
  );
  writeAtomically(stamp, wanted);
}

function appSources() {
  const files = ['package-lock.json', 'package.json', 'electron.vite.config.ts'].map(name =>
    join(root, name),
  );
  for (const folder of ['src-main', 'src-renderer', 'src-shared']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !entry.name.includes('.test.'))
        files.push(join(entry.parentPath ?? entry.path, entry.name));
    }
  }
  files.push(join(root, 'src-native', 'binding.d.ts'));
  files.push(join(root, 'scripts', 'package', 'bundled-packages.json'));
  return files.sort();
}

function hashOf(files) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of files) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** Runs a tool with its output on standard error. */
function run(command, args, name) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], shell });
    child.stdout.pipe(process.stderr, { end: false });
    child.on('error', error => reject(new SetupError(`${name} could not be started: ${error.message}`)));
    child.on('close', code => {
      if (code === 0) resolve();
      else reject(new SetupError(`${name} failed with exit code ${code}; its messages are above.`));
    });
  });
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function writeAtomically(file, text) {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Sets up, with failures told in words. Ends the process where the set-up cannot go on. */
export async function setUpOrExit() {
  try {
    return await setUp();
  } catch (error) {
    if (!(error instanceof SetupError) && error.constructor.name !== 'NativeBuildError') throw error;
    log(error.message);
    process.exit(1);
  }
}

/** Runs a script with the pinned Node, its streams and signals passed through; resolves to its exit code. */
export function runPinned(node, args, options = {}) {
  return new Promise(resolve => {
    const child = spawn(node, args, { stdio: 'inherit', ...options });
    const forward = signal => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward);
    child.on('error', error => {
      log(`${node} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code, signal) =>
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGTERM' ? 15 : 9)),
    );
  });
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const node = await setUpOrExit();
  log(`setup: done, Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
}
