/** Loads GPU modules into this process, and says in plain words why one is of no use. */
import { existsSync, readdirSync } from 'node:fs';
import type { Device } from '../../../src-native/binding.d.ts';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { GPU_BACKENDS } from '../../../src-shared/domain/device.ts';
import type { Addon, NativeError } from './addon.ts';
import { findGpuModules, type GpuBackend, type GpuModule } from './gpu-modules.ts';

/** `driverless`: this machine has no such GPU, or none with a driver; that is no fault of anybody's. */
export type GpuState =
  | { readonly state: 'ready'; readonly devices: readonly Device[]; readonly path: string }
  | { readonly state: 'driverless' | 'faulty'; readonly error: CodedError };

const NAMES = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal' } as const satisfies Record<
  GpuBackend,
  string
>;

/**
 * Loads the first module of the backend that loads. Errors: `backend.notInstalled`, `backend.otherRelease`,
 * `backend.cudaRuntimeMissing`, `backend.driverMissing`, `backend.vulkanLoaderMissing`, `backend.loadFailed`,
 * `backend.noDevice`.
 */
export function loadGpuBackend(addon: Addon, backend: GpuBackend, nativeDirectory: string): GpuState {
  const modules = findGpuModules(backend, nativeDirectory);
  const release = addon.version().llamaCpp;
  let failure: GpuState | null = null; // of the first, which is the best
  for (const module of modules) {
    if (module.release !== 'beside' && module.release !== release) {
      failure ??= { state: 'faulty', error: otherRelease(backend, module, release) };
      continue;
    }
    const loaded = addon.loadBackend(module.path);
    if (!loaded.ok) {
      failure ??= explainLoadFailure(backend, loaded.error);
      continue;
    }
    const devices = addon.devices().filter(device => isOf(backend, device));
    if (devices.length > 0) return { state: 'ready', devices, path: module.path };
    return { state: 'driverless', error: noDevice(backend) };
  }
  return failure ?? { state: 'driverless', error: notInstalled(backend) };
}

function isOf(backend: GpuBackend, device: Device): boolean {
  const name = device.backend.toLowerCase();
  return name === GPU_BACKENDS[backend].toLowerCase() || name === backend;
}

/**
 * Whether a GPU can be there at all, without loading anything: a Vulkan loader alone takes a tenth of a second
 * and a hundred megabytes to say that there is none. Where the system does not tell, there may be one.
 */
export function mayHaveGpu(backend: GpuBackend, platform: string = process.platform): boolean {
  if (platform !== 'linux') return true;
  if (existsSync('/dev/dxg')) return true; // Windows' GPU inside its Linux
  if (hasNvidiaDriver(platform)) return true;
  return backend !== 'cuda' && hasRenderNode();
}

function hasRenderNode(): boolean {
  try {
    return readdirSync('/dev/dri').some(name => name.startsWith('renderD'));
  } catch {
    return false;
  }
}

function hasNvidiaDriver(platform: string): boolean {
  if (platform === 'win32') {
    return existsSync(`${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\nvcuda.dll`);
  }
  return existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
}

/** The system names the first library that it misses: libcublas.so.13, libcuda.so.1, libvulkan.so.1. */
function explainLoadFailure(backend: GpuBackend, error: NativeError): GpuState {
  const reason = String(error.details['reason'] ?? error.message);
  const missing = /\b(?:lib)?(cuda|cudart|cublas|cublasLt|vulkan)(?:64|-1)?[._]/.exec(reason)?.[1];
  if (backend === 'cuda' && !hasNvidiaDriver(process.platform)) {
    return { state: 'driverless', error: driverMissing(reason) };
  }
  if (backend === 'cuda' && missing !== 'cuda') {
    return { state: 'faulty', error: cudaRuntimeMissing(reason) };
  }
  if (backend === 'cuda') return { state: 'faulty', error: driverMissing(reason) };
  if (missing === 'vulkan') {
    const state = hasRenderNode() ? 'faulty' : 'driverless';
    return { state, error: vulkanLoaderMissing(reason) };
  }
  return { state: 'faulty', error: loadFailed(backend, reason) };
}

function notInstalled(backend: GpuBackend): CodedError {
  const how =
    backend === 'metal' ? 'It exists for Macs with an Apple processor.' : 'It exists for 64-bit PCs.';
  return {
    code: 'backend.notInstalled',
    title: `${NAMES[backend]} is not part of this installation.`,
    cause: `There is no module for ${NAMES[backend]} on ${process.platform} ${process.arch}. ${how}`,
    remedy: 'Set device.backend to auto or cpu.',
  };
}

function otherRelease(backend: GpuBackend, module: GpuModule, release: string): CodedError {
  return {
    code: 'backend.otherRelease',
    title: `The ${NAMES[backend]} module does not fit.`,
    cause: `${module.path} was built from llama.cpp ${module.release ?? 'of an unknown release'}, this program from ${release}.`,
    remedy: 'Run `npm run setup` in the checkout, or install Luthier again.',
  };
}

function cudaRuntimeMissing(reason: string): CodedError {
  return {
    code: 'backend.cudaRuntimeMissing',
    title: "NVIDIA's CUDA runtime is missing.",
    cause: `The NVIDIA driver is installed, the CUDA runtime with cuBLAS is not, or is too old: ${reason}.`,
    remedy:
      'Install CUDA 13 (or 12) with cuBLAS, for example `sudo apt install cuda-libraries-13-0` from NVIDIA’s package source, or the CUDA Toolkit on Windows; or set device.backend to vulkan, which needs the driver alone.',
  };
}

function driverMissing(reason: string): CodedError {
  return {
    code: 'backend.driverMissing',
    title: 'There is no NVIDIA driver.',
    cause: `CUDA needs the driver of an NVIDIA GPU and the CUDA 13 (or 12) runtime with cuBLAS: ${reason}.`,
    remedy: 'Install the driver and the runtime, or set device.backend to vulkan, auto or cpu.',
  };
}

function vulkanLoaderMissing(reason: string): CodedError {
  return {
    code: 'backend.vulkanLoaderMissing',
    title: 'The Vulkan loader is missing.',
    cause: `Vulkan needs its loader and a driver of the GPU: ${reason}.`,
    remedy:
      process.platform === 'win32'
        ? "Install the GPU's driver; it brings the loader."
        : 'Install both, on Debian and Ubuntu: sudo apt install libvulkan1 mesa-vulkan-drivers',
  };
}

function loadFailed(backend: GpuBackend, reason: string): CodedError {
  return {
    code: 'backend.loadFailed',
    title: `The ${NAMES[backend]} module does not load.`,
    cause: `${reason}.`,
    remedy: "Update the GPU's driver, or set device.backend to cpu.",
  };
}

function noDevice(backend: GpuBackend): CodedError {
  return {
    code: 'backend.noDevice',
    title: `${NAMES[backend]} finds no GPU.`,
    cause: `The ${NAMES[backend]} module is loaded, and its driver lists no GPU that it could use.`,
    remedy: 'Install or update the driver of the GPU, or set device.backend to auto or cpu.',
  };
}
