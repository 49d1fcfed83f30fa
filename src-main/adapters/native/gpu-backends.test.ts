/** Loading GPU modules on this very machine: what is missing is explained, what does not fit is refused. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { native } from '../../../src-native/test/support.ts';
import { type Addon, loadAddon } from './addon.ts';
import { loadGpuBackend } from './gpu-backends.ts';
import { findGpuModules, knownGpuBackends } from './gpu-modules.ts';

const nativeDirectory = join(import.meta.dirname, '..', '..', '..', 'build', 'native');
const hasNvidia = existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
const isLinux = process.platform === 'linux' && process.arch === 'x64';

const folders: string[] = [];
const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'luthier-gpu-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function addon(): Addon {
  const loaded = loadAddon(nativeDirectory);
  if (!loaded.ok) throw new Error(loaded.error.cause);
  return loaded.value;
}

describe('the GPU modules of this installation', () => {
  it.skipIf(!isLinux)("are of the addon's llama.cpp release", () => {
    expect(knownGpuBackends()).toEqual(['cuda', 'vulkan']);
    const modules = knownGpuBackends().flatMap(backend => findGpuModules(backend, nativeDirectory));
    expect(modules.length).toBeGreaterThan(0);
    for (const { release } of modules) expect(release).toBe(native.version().llamaCpp);
  });

  it('are looked for under the names of each platform', () => {
    expect(knownGpuBackends({ platform: 'win32', arch: 'x64' })).toEqual(['cuda', 'vulkan']);
    expect(knownGpuBackends({ platform: 'darwin', arch: 'arm64' })).toEqual(['metal']);
    expect(knownGpuBackends({ platform: 'linux', arch: 'arm64' })).toEqual([]);
  });

  it.skipIf(!isLinux || hasNvidia)(
    'refuse CUDA where there is no NVIDIA driver, and name what it needs',
    () => {
      const gpu = loadGpuBackend(addon(), 'cuda', nativeDirectory);
      expect(gpu.state).toBe('driverless');
      if (gpu.state === 'ready') return;
      expect(gpu.error.code).toBe('backend.driverMissing');
      expect(gpu.error.cause).toMatch(/CUDA 13.*cuBLAS.*lib(cuda|cudart|cublas)\.so/);
      // the process lives, and the processor is still a device
      expect(native.devices().some(({ kind }) => kind === 'cpu')).toBe(true);
    },
  );

  it('refuse Metal on a platform that has none', () => {
    const gpu = loadGpuBackend(addon(), 'metal', temporaryFolder());
    if (process.platform === 'darwin') return;
    expect(gpu).toMatchObject({ state: 'driverless', error: { code: 'backend.notInstalled' } });
  });

  it.skipIf(!isLinux)('refuse a module of another release before it is loaded', () => {
    const other = { ...addon(), version: () => ({ ...native.version(), llamaCpp: 'v0.0.1' }) };
    const gpu = loadGpuBackend({ ...other, loadBackend: () => expect.fail('it was loaded') }, 'vulkan', '');
    expect(gpu).toMatchObject({ state: 'faulty', error: { code: 'backend.otherRelease' } });
  });

  it.skipIf(!isLinux)('refuse a library that is no module', () => {
    const folder = temporaryFolder();
    copyFileSync(join(nativeDirectory, 'libggml.so'), join(folder, 'libggml-vulkan.so'));
    const gpu = loadGpuBackend(addon(), 'vulkan', folder);
    expect(gpu).toMatchObject({ state: 'faulty', error: { code: 'backend.loadFailed' } });
  });
});
