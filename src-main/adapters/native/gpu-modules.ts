/** Finds the prebuilt GPU modules of node-llama-cpp's packages that belong to the addon's llama.cpp release. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

export type GpuBackend = 'cuda' | 'vulkan' | 'metal';

export interface GpuModule {
  readonly path: string;
  /** The llama.cpp release that it was built from, `beside` where it was put beside the addon; null: unknown. */
  readonly release: string | null;
}

/** A package `@node-llama-cpp/<package>`, the folder of the module below its `bins`, and who knows its release. */
interface Place {
  readonly backend: GpuBackend;
  readonly package: string;
  readonly folder: readonly string[];
  readonly releasePackage: string;
}

/** Fastest first. Each CUDA package needs one version of NVIDIA's runtime: 13, and 12 in the second. */
const PLACES: Readonly<Record<string, readonly Place[]>> = {
  'linux-x64': x64('linux'),
  'win32-x64': x64('win'),
  'darwin-arm64': [place('metal', 'mac-arm64-metal')],
};

function x64(system: 'linux' | 'win'): readonly Place[] {
  const cuda = `${system}-x64-cuda`;
  const cuda12 = { ...place('cuda', `${cuda}-ext`), folder: [cuda, 'fallback'], releasePackage: cuda };
  return [place('cuda', cuda), cuda12, place('vulkan', `${system}-x64-vulkan`)];
}

function place(backend: GpuBackend, name: string): Place {
  return { backend, package: name, folder: [name], releasePackage: name };
}

export interface Machine {
  readonly platform: string;
  readonly arch: string;
}

/** The backends that this platform has modules for, in the order in which a recipe's `auto` tries them. */
export function knownGpuBackends({ platform, arch }: Machine = process): readonly GpuBackend[] {
  return [...new Set((PLACES[`${platform}-${arch}`] ?? []).map(({ backend }) => backend))];
}

/**
 * The installed modules of a backend, best first. One beside the addon wins over node-llama-cpp's packages:
 * on macOS a module takes the ggml libraries that lie beside it, and these must be the addon's.
 */
export function findGpuModules(
  backend: GpuBackend,
  nativeDirectory: string,
  machine: Machine = process,
): readonly GpuModule[] {
  const file = machine.platform === 'win32' ? `ggml-${backend}.dll` : `libggml-${backend}.so`;
  const beside = join(nativeDirectory, file);
  if (existsSync(beside)) return [{ path: beside, release: 'beside' }];
  return (PLACES[`${machine.platform}-${machine.arch}`] ?? [])
    .filter(place => place.backend === backend)
    .flatMap(({ package: name, folder, releasePackage }) => {
      const installed = findPackage(name);
      if (installed === null) return [];
      const path = join(installed.bins, ...folder, file);
      const teller = findPackage(releasePackage);
      const isSameVersion = teller !== null && teller.version === installed.version;
      const release = isSameVersion ? readRelease(teller.bins, releasePackage) : null;
      return existsSync(path) ? [{ path, release }] : [];
    });
}

/** A package of node-llama-cpp's, which may be nested in its own node_modules. */
function findPackage(name: string): { readonly bins: string; readonly version: unknown } | null {
  try {
    const nodeLlamaCpp = createRequire(import.meta.url).resolve('node-llama-cpp');
    const entry = createRequire(nodeLlamaCpp).resolve(`@node-llama-cpp/${name}`);
    // libraries cannot be loaded out of Electron's archive; what is unpacked lies beside it
    const root = join(dirname(entry), '..').replace(`.asar${sep}`, `.asar.unpacked${sep}`);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return { bins: join(root, 'bins'), version };
  } catch {
    return null;
  }
}

function readRelease(bins: string, folder: string): string | null {
  try {
    const metadata = JSON.parse(readFileSync(join(bins, folder, '_nlcBuildMetadata.json'), 'utf8'));
    const release: unknown = metadata?.buildOptions?.llamaCpp?.release;
    return typeof release === 'string' ? release : null;
  } catch {
    return null;
  }
}
