// Builds the native addon into build/native; returns at once where the last build had the same inputs.
//
// Run `node scripts/native/build.mjs [--portable]`, or call buildNative({ log, isPortable }) from another script.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const sourceFolder = join(root, 'src-native');
const llamaPackage = join(root, 'node_modules', 'node-llama-cpp');
const nodeApiPackage = join(root, 'node_modules', 'node-api-headers');

const remedies = {
  git: { linux: 'sudo apt install git', darwin: 'brew install git', win32: 'winget install Git.Git' },
  cmake: {
    linux: 'sudo apt install cmake',
    darwin: 'brew install cmake',
    win32: 'winget install Kitware.CMake',
  },
  'a C++ compiler': {
    linux: 'sudo apt install g++',
    darwin: 'xcode-select --install   (or: brew install llvm)',
    win32:
      'winget install Microsoft.VisualStudio.2022.BuildTools --override "--add Microsoft.VisualStudio.Workload.VCTools"',
  },
};

/** A failure whose message already names what to do. */
export class NativeBuildError extends Error {}

/**
 * Builds `build/native/luthier.node` and the llama.cpp libraries beside it, if an input changed: for this machine, or
 * in `build/native-portable` for every machine of its kind where `isPortable`, which is what a package takes.
 * `log` receives plain lines of progress. Throws {@link NativeBuildError}.
 */
export async function buildNative({
  log = line => process.stderr.write(`${line}\n`),
  isPortable = false,
} = {}) {
  const name = isPortable ? 'native-portable' : 'native';
  const outputFolder = join(root, 'build', name);
  const stampFile = join(outputFolder, 'build.stamp');
  const release = readLlamaRelease();
  const hash = hashInputs(release);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === hash) {
    return { rebuilt: false, hash };
  }
  requireTools();
  // The stamp goes first and comes back last: an interrupted build never looks finished.
  rmSync(stampFile, { force: true });

  const sourceTree = join(root, 'build', `llama.cpp-${release}`);
  log('native: 1/4 unpack llama.cpp');
  prepareSource(sourceTree);
  const buildTree = join(root, 'build', `${name}-work`);
  log('native: 2/4 configure');
  await configure(sourceTree, buildTree, { release, hash, isPortable }, log);
  log('native: 3/4 compile');
  await run(
    'cmake',
    [
      '--build',
      buildTree,
      '--config',
      'Release',
      '--target',
      'luthier',
      '--parallel',
      String(availableParallelism()),
    ],
    log,
    compileProgress(log),
  );
  log('native: 4/4 collect');
  collect(buildTree, outputFolder);
  writeFileSync(`${stampFile}.new`, `${hash}\n`);
  renameSync(`${stampFile}.new`, stampFile);
  log('native: done');
  return { rebuilt: true, hash };
}

function readLlamaRelease() {
  const file = join(llamaPackage, 'llama', 'llama.cpp.info.json');
  if (!existsSync(file)) {
    throw new NativeBuildError('The package node-llama-cpp is not installed. Run: npm ci');
  }
  return JSON.parse(readFileSync(file, 'utf8')).tag;
}

/** SHA-256 over everything that decides the result; the 35 MB bundle counts by version and size. */
function hashInputs(release) {
  const hash = createHash('sha256');
  const bundle = join(llamaPackage, 'llama', 'gitRelease.bundle');
  const packageVersion = folder => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  hash.update(
    JSON.stringify({
      platform: process.platform,
      arch: process.arch,
      release,
      version: packageVersion(root),
      llamaPackage: packageVersion(llamaPackage),
      bundleBytes: statSync(bundle).size,
      nodeApi: packageVersion(nodeApiPackage),
    }),
  );
  for (const file of [...inputFiles(), fileURLToPath(import.meta.url)]) {
    hash.update(`\0${relative(root, file).replaceAll('\\', '/')}\0`);
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function inputFiles() {
  const files = [join(sourceFolder, 'CMakeLists.txt')];
  for (const folder of ['include', 'src', 'patches']) {
    for (const entry of readdirSync(join(sourceFolder, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath ?? entry.path, entry.name));
    }
  }
  return files.sort();
}

function requireTools() {
  const runs = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  const compilers = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean);
  // On Windows, cmake itself finds Visual Studio; nothing on the PATH tells.
  const hasCompiler = process.platform === 'win32' || compilers.some(name => runs(name, ['--version']));
  const missing = [];
  if (!runs('git', ['--version'])) missing.push('git');
  if (!runs('cmake', ['--version'])) missing.push('cmake');
  if (!hasCompiler) missing.push('a C++ compiler');
  if (missing.length > 0) {
    const lines = missing.map(
      tool =>
        `  ${tool} is missing. Install it with: ${remedies[tool][process.platform] ?? remedies[tool].linux}`,
    );
    throw new NativeBuildError(`The native addon cannot be built:\n${lines.join('\n')}`);
  }
}

/** Clones the bundle once, and brings the tree to the patched state; files that stay equal keep their times. */
function prepareSource(tree) {
  const git = (...args) => {
    const { status, stderr } = spawnSync('git', args, {
      cwd: existsSync(tree) ? tree : root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new NativeBuildError(`git ${args[0]} failed:\n${stderr}`);
  };
  if (!existsSync(join(tree, '.git'))) {
    const partial = `${tree}.partial`;
    rmSync(partial, { recursive: true, force: true });
    rmSync(tree, { recursive: true, force: true });
    mkdirSync(dirname(tree), { recursive: true });
    git(
      'clone',
      '--quiet',
      '-c',
      'core.autocrlf=false',
      '-c',
      'advice.detachedHead=false',
      join(llamaPackage, 'llama', 'gitRelease.bundle'),
      partial,
    );
    renameSync(partial, tree);
  }
  const folder = join(sourceFolder, 'patches');
  const patches = readdirSync(folder)
    .filter(name => name.endsWith('.patch'))
    .sort();
  const wanted = createHash('sha256');
  for (const name of patches) wanted.update(readFileSync(join(folder, name)));
  const mark = join(tree, '.git', 'luthier-patches');
  const digest = wanted.digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return;
  rmSync(mark, { force: true });
  git('reset', '--quiet', '--hard');
  git('clean', '--quiet', '-fdx');
  for (const name of patches) git('apply', '--whitespace=nowarn', join(folder, name));
  writeFileSync(mark, digest);
}

async function configure(sourceTree, buildTree, { release, hash, isPortable }, log) {
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  const hasNinja = spawnSync('ninja', ['--version'], { stdio: 'ignore' }).status === 0;
  const cache = join(buildTree, 'CMakeCache.txt');
  const home = `CMAKE_HOME_DIRECTORY:INTERNAL=${sourceFolder.replaceAll('\\', '/')}`;
  // CMake refuses a build tree that was made for another place: the repository was moved or copied
  if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(`${home}\n`)) {
    rmSync(buildTree, { recursive: true, force: true });
  }
  const isNew = !existsSync(cache);
  const options = {
    CMAKE_BUILD_TYPE: 'Release',
    LUTHIER_LLAMA_SOURCE: sourceTree,
    LUTHIER_LLAMA_RELEASE: release,
    LUTHIER_NODE_API: nodeApiPackage,
    LUTHIER_BUILD_HASH: hash,
    LUTHIER_ADDON_VERSION: version,
    LUTHIER_PORTABLE: isPortable ? 'ON' : 'OFF',
  };
  const definitions = Object.entries(options).map(
    ([name, value]) => `-D${name}=${value.replaceAll('\\', '/')}`,
  );
  const generator = isNew && hasNinja && process.platform !== 'win32' ? ['-G', 'Ninja'] : [];
  await run('cmake', [...generator, '-S', sourceFolder, '-B', buildTree, ...definitions], log);
}

/** Turns "[12/340] …" (Ninja) and "[ 12%] …" (Make) into a line per 5 %. */
function compileProgress(log) {
  let lastPercent = -5;
  return line => {
    const steps = /^\[(\d+)\/(\d+)\]/.exec(line);
    const percentage = /^\[\s*(\d+)%\]/.exec(line);
    if (!steps && !percentage) return;
    const percent = steps ? Math.floor((100 * Number(steps[1])) / Number(steps[2])) : Number(percentage[1]);
    if (percent >= lastPercent + 5) {
      lastPercent = percent;
      log(`native: 3/4 compile ${percent} %`);
    }
  };
}

function run(command, args, log, onLine = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const tail = [];
    let rest = '';
    const receive = chunk => {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        onLine(line);
        tail.push(line);
        if (tail.length > 60) tail.shift();
      }
    };
    child.stdout.setEncoding('utf8').on('data', receive);
    child.stderr.setEncoding('utf8').on('data', receive);
    child.on('error', error =>
      reject(new NativeBuildError(`${command} could not be started: ${error.message}`)),
    );
    child.on('close', code => {
      if (code === 0) return resolve();
      for (const line of [...tail, rest]) log(line);
      reject(new NativeBuildError(`${command} failed with exit code ${code}; its last lines are above.`));
    });
  });
}

/** Copies the addon and its libraries; nothing else of the build tree is needed at run time. */
function collect(buildTree, outputFolder) {
  mkdirSync(outputFolder, { recursive: true });
  const folders = [join(buildTree, 'bin'), join(buildTree, 'bin', 'Release')].filter(existsSync);
  const wanted = /^(luthier(-\w+)?\.node|(lib)?(ggml|ggml-base|ggml-cpu(-\w+)?|llama)\.(so|dylib|dll))$/;
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      if (!wanted.test(name)) continue;
      // A process may have the old file mapped: replace the name, not the bytes.
      const target = join(outputFolder, name);
      cpSync(join(folder, name), `${target}.new`);
      renameSync(`${target}.new`, target);
    }
  }
  collectMetal(outputFolder);
  if (!existsSync(join(outputFolder, 'luthier.node'))) {
    throw new NativeBuildError(`The build produced no luthier.node in ${folders.join(', ')}.`);
  }
}

/**
 * On macOS a module takes the ggml library that lies beside it, and there must be one in a process: the prebuilt
 * Metal module comes to ours. Elsewhere the libraries that are loaded already are taken by their names.
 */
function collectMetal(outputFolder) {
  const module = join(
    root,
    'node_modules',
    '@node-llama-cpp',
    'mac-arm64-metal',
    'bins',
    'mac-arm64-metal',
    'libggml-metal.so',
  );
  if (process.platform === 'darwin' && existsSync(module))
    cpSync(module, join(outputFolder, 'libggml-metal.so'));
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  try {
    await buildNative({ isPortable: process.argv.includes('--portable') });
  } catch (error) {
    if (!(error instanceof NativeBuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
