// How electron-builder packs the app: what goes in, where it lies, and what each platform's installer is.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import bundledPackages from './bundled-packages.json' with { type: 'json' };

/** node-llama-cpp's name for a platform, with which its packages of binaries begin. */
const LLAMA_PLATFORMS = { linux: 'linux', darwin: 'mac', win32: 'win' };

/** Of node-llama-cpp only what runs: no source of llama.cpp, no build tools, no declarations. */
const SUPERFLUOUS = [
  '**/*.{map,d.ts,d.mts,d.cts,ts,mts,cts,md,markdown,flow,tsbuildinfo}',
  '**/{test,tests,__tests__,example,examples,docs,.github,benchmark,benchmarks}/**',
  'node-llama-cpp/llama/{addon,cmake,toolchains,patches,profiles,xpack,grammars}/**',
  'node-llama-cpp/llama/{gitRelease.bundle,CMakeLists.txt,package.json}',
  'node-llama-cpp/{templates,bins}/**',
  'better-sqlite3/{deps,src}/**',
  'better-sqlite3/binding.gyp',
  // what node-llama-cpp compiles with
  '{cmake-js,node-addon-api,node-api-headers}/**',
];

/** The packages below a scope that are made for another platform than `machine`. */
export function foreignPackages({ platform, arch }) {
  const folder = join(root, 'node_modules', '@node-llama-cpp');
  const prefix = llamaPrefix({ platform, arch });
  const installed = existsSync(folder) ? readdirSync(folder) : [];
  return installed.filter(name => name !== prefix && !name.startsWith(`${prefix}-`));
}

/** `linux-x64`, `mac-arm64`, `win-x64`: how node-llama-cpp's packages of a machine begin. */
export function llamaPrefix({ platform, arch }) {
  return `${LLAMA_PLATFORMS[platform] ?? platform}-${arch}`;
}

/** better-sqlite3's prebuilt library of a machine; Debian and AppImage machines have glibc. */
export function sqlitePrebuild({ platform, arch }) {
  return `${platform}-${arch}.node`;
}

/**
 * electron-builder's configuration for `machine` ({platform, arch}). `electronDist` is an unpacked Electron, or null
 * for the one that electron-builder fetches.
 */
export function packageConfig(machine, electronDist) {
  const excluded = [
    ...SUPERFLUOUS,
    ...foreignPackages(machine).map(name => `@node-llama-cpp/${name}/**`),
    `better-sqlite3/prebuilds/!(${sqlitePrebuild(machine)})`,
    // Electron is the Node of an installed app
    'node-{linux,win}-*/**',
    // what out/ holds already
    ...bundledPackages.map(name => `${name}/**`),
  ];
  return {
    appId: 'org.luthier.studio',
    productName: 'Luthier',
    copyright: 'The Luthier authors, MIT licence',
    directories: { output: join(root, 'dist'), buildResources: join(root, 'scripts', 'package') },
    ...(electronDist === null ? {} : { electronDist }),
    npmRebuild: false, // every native part is prebuilt for Node-API
    nodeGypRebuild: false,
    asar: true,
    // libraries are loaded from files, and node-llama-cpp looks for its own beside its code
    asarUnpack: [
      '**/*.{node,so,dylib,dll}',
      'node_modules/node-llama-cpp/**',
      'node_modules/@node-llama-cpp/**',
    ],
    files: ['out/**', '!out/.stamp', 'package.json', ...excluded.map(glob => `!node_modules/${glob}`)],
    extraResources: [
      { from: 'resources', to: 'resources' },
      { from: 'build/native-portable', to: 'native', filter: ['!build.stamp'] },
      { from: `scripts/package/bin/${machine.platform === 'win32' ? 'windows' : 'unix'}`, to: 'bin' },
      { from: 'LICENSE', to: 'LICENSE' },
    ],
    electronLanguages: ['en-US'],
    electronFuses: {
      // the command line and the jobs that it starts are this program run as Node (docs/decisions/0022)
      runAsNode: true,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: machine.platform !== 'linux', // Linux has none
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    },
    artifactName: 'Luthier-$' + '{version}-$' + '{arch}.$' + '{ext}',
    publish: null,
    linux: {
      target: ['AppImage', 'deb'],
      executableName: 'luthier-studio', // `luthier` is the command line
      category: 'Development',
      synopsis: 'Fine-tune language models on your own machine',
      maintainer: 'The Luthier authors <luthier@localhost>',
      icon: join(root, 'scripts', 'package', 'icons', 'linux'),
      mimeTypes: ['application/x-luthier-recipe'],
      fileAssociations: [recipeAssociation('luthier.yaml')],
    },
    deb: {
      packageName: 'luthier',
      // the command of the installed app
      fpm: [`${join(root, 'scripts', 'package', 'bin', 'debian', 'luthier')}=/usr/bin/luthier`],
    },
    mac: {
      target: ['dmg'],
      category: 'public.app-category.developer-tools',
      icon: join(root, 'scripts', 'package', 'icons', 'luthier.icns'),
      darkModeSupport: true,
      // the last part of a name decides there: Luthier is offered for YAML, not made its program
      fileAssociations: [{ ...recipeAssociation('yaml'), role: 'Editor', rank: 'Alternate' }],
    },
    win: { target: ['nsis'], icon: join(root, 'scripts', 'package', 'icons', 'luthier.ico') },
    nsis: {
      oneClick: false,
      allowToChangeInstallationDirectory: true,
      deleteAppDataOnUninstall: false,
      include: join(root, 'scripts', 'package', 'installer.nsh'),
    },
  };
}

function recipeAssociation(ext) {
  return { ext, name: 'Luthier recipe', mimeType: 'application/x-luthier-recipe', role: 'Editor' };
}
