// Looks at a packed app: is everything in it that it needs to run, and nothing else?
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../setup.mjs';
import bundledPackages from './bundled-packages.json' with { type: 'json' };
import { foreignPackages, llamaPrefix, sqlitePrebuild } from './config.mjs';
import { FUSE_SENTINEL } from './stand-in-electron.mjs';

const LIBRARY = /\.(node|so|dylib|dll)$/;
const SUPERFLUOUS = [
  /(^|\/)src-(main|renderer|shared|native)\//,
  /\.(ts|mts|cts|map|gyp)$/,
  /\.(test|spec)\.[cm]?js$/,
  /\.(cpp|cc|hpp|h|c|bundle)$/,
];

/**
 * Checks `folder` (what electron-builder calls linux-unpacked, win-unpacked) for `machine` ({platform, arch}).
 * Returns `{problems, bytes, archiveBytes, libraries}`: sentences, sizes without Electron, and the paths of what is
 * loaded as a library.
 */
export function checkPackage(folder, machine) {
  const resources = join(folder, 'resources');
  const problems = [];
  const archive = join(resources, 'app.asar');
  if (!existsSync(archive))
    return { problems: ['app.asar is missing'], bytes: 0, archiveBytes: 0, libraries: [] };
  const packed = readArchive(archive);
  const unpacked = filesBelow(join(resources, 'app.asar.unpacked'));
  const plain = filesBelow(resources).filter(path => !path.startsWith('app.asar'));
  const everything = [...packed.map(({ path }) => path), ...plain];

  const need = (path, files = everything) => {
    if (!files.includes(path)) problems.push(`missing: ${path}`);
  };
  for (const path of neededInArchive()) need(path);
  for (const path of neededAsFiles(machine)) need(path, plain);
  for (const path of neededUnpacked(machine)) need(path, unpacked);
  for (const name of foreignPackages(machine)) {
    if (everything.some(path => path.startsWith(`node_modules/@node-llama-cpp/${name}/`)))
      problems.push(`of another platform: @node-llama-cpp/${name}`);
  }
  for (const path of everything) {
    if (SUPERFLUOUS.some(pattern => pattern.test(path))) problems.push(`superfluous: ${path}`);
  }
  for (const name of bundledPackages) {
    if (everything.some(path => path.startsWith(`node_modules/${name}/`)))
      problems.push(`bundled already: ${name}`);
  }
  for (const name of developmentPackages()) {
    if (everything.some(path => path.startsWith(`node_modules/${name}/`)))
      problems.push(`for development only: ${name}`);
  }
  for (const { path, isUnpacked } of packed) {
    if (LIBRARY.test(path) && !isUnpacked) problems.push(`a library inside the archive: ${path}`);
  }
  const program = join(folder, machine.platform === 'win32' ? 'Luthier.exe' : 'luthier-studio');
  const fuses = readFuses(program);
  if (fuses !== '11000100' && fuses !== '11001100') problems.push(`the fuses are set otherwise: ${fuses}`);
  return {
    problems,
    bytes: sizeOf(resources),
    archiveBytes: statSync(archive).size,
    libraries: [...unpacked, ...plain].filter(path => LIBRARY.test(path)),
  };
}

function neededInArchive() {
  const bundles = [
    'electron',
    'cli',
    'trainer',
    'preparer',
    'labeller-thread',
    'inference',
    'explorer',
    'exporter',
    'querier',
  ];
  return [
    'package.json',
    'out/preload/preload.cjs',
    'out/renderer/index.html',
    ...bundles.map(name => `out/main/${name}.js`),
    ...Object.keys(manifest().dependencies)
      .filter(name => !bundledPackages.includes(name))
      .map(name => `node_modules/${name}/package.json`),
  ];
}

/** The variants of the addon that src-native/CMakeLists.txt builds for a machine. */
const CPU_VARIANTS = ['x64', 'haswell', 'skylakex', 'zen4'];

function neededAsFiles({ platform, arch }) {
  const [prefix, suffix] =
    platform === 'win32' ? ['', '.dll'] : ['lib', platform === 'darwin' ? '.dylib' : '.so'];
  const variants = arch === 'x64' && platform !== 'darwin' ? CPU_VARIANTS.map(name => `-${name}`) : [''];
  const moduleSuffix = platform === 'win32' ? '.dll' : '.so';
  return [
    'native/luthier.node',
    ...variants.flatMap(tag => [
      `native/luthier${tag}.node`,
      `native/${prefix}ggml-cpu${tag}${moduleSuffix}`,
    ]),
    ...['ggml', 'ggml-base', 'llama'].map(name => `native/${prefix}${name}${suffix}`),
    ...['train.py', 'requirements.txt', 'sky.yaml', 'slurm.sbatch'].map(name => `resources/trl/${name}`),
    ...['about.json', 'base.gguf', 'demo.luthier.yaml', 'train.jsonl', 'heldout.jsonl'].map(
      name => `resources/demo/${name}`,
    ),
    platform === 'win32' ? 'bin/luthier.cmd' : 'bin/luthier',
    'LICENSE',
  ];
}

/** The GPU modules are those that this project's own lock file has for the machine. */
function neededUnpacked(machine) {
  const prefix = llamaPrefix(machine);
  const packages = readdirSync(join(root, 'node_modules', '@node-llama-cpp')).filter(
    name => name === prefix || name.startsWith(`${prefix}-`),
  );
  const libraries = packages.flatMap(name =>
    filesBelow(join(root, 'node_modules', '@node-llama-cpp', name))
      .filter(path => LIBRARY.test(path))
      .map(path => `node_modules/@node-llama-cpp/${name}/${path}`),
  );
  return [`node_modules/better-sqlite3/prebuilds/${sqlitePrebuild(machine)}`, ...libraries];
}

function developmentPackages() {
  const { devDependencies, optionalDependencies } = manifest();
  return [...Object.keys(devDependencies), ...Object.keys(optionalDependencies)];
}

function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/**
 * An archive's files as `{path, isUnpacked, bytes}`, bytes null where the file lies outside. The format: sizes of what
 * follows in the first four numbers, a JSON tree whose length is the fourth, then all contents.
 */
export function readArchive(file) {
  const bytes = readFileSync(file);
  const tree = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12)));
  const start = 8 + bytes.readUInt32LE(4);
  const read = ({ offset, size }) => bytes.subarray(start + Number(offset), start + Number(offset) + size);
  return walk(tree, '', read);
}

function walk({ files }, prefix, read) {
  return Object.entries(files).flatMap(([name, entry]) => {
    if (entry.files) return walk(entry, `${prefix}${name}/`, read);
    const isUnpacked = entry.unpacked === true;
    return [{ path: `${prefix}${name}`, isUnpacked, bytes: isUnpacked ? null : read(entry) }];
  });
}

/** The paths of the files below a folder, with slashes; empty where there is none. */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function sizeOf(folder) {
  return filesBelow(folder).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
}

function readFuses(program) {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(FUSE_SENTINEL);
  if (at < 0) return 'none';
  const start = at + FUSE_SENTINEL.length + 2;
  return bytes.toString('latin1', start, start + 8);
}
