// GPUs for the tests: those of this machine, and Mesa's lavapipe, which runs Vulkan on the processor.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadGpuBackend } from '../../src-main/adapters/native/gpu-backends.ts';
import type { GpuBackend } from '../../src-main/adapters/native/gpu-modules.ts';
import type { Device } from '../binding.d.ts';
import { native } from './support.ts';

export const nativeDirectory = fileURLToPath(new URL('../../build/native/', import.meta.url));

const DRIVERS = '/usr/share/vulkan/icd.d/';

/**
 * Makes lavapipe the only Vulkan driver that this process sees, unless the machine's own GPUs are asked for with
 * LUTHIER_TEST_REAL_GPU=1. To be called before a Vulkan module loads. What it compiles is kept in the build folder.
 */
export function preferLavapipe(): void {
  if (process.env['LUTHIER_TEST_REAL_GPU'] === '1' || !existsSync(DRIVERS)) return;
  const lavapipe = readdirSync(DRIVERS).find(name => name.startsWith('lvp_icd'));
  if (!lavapipe) return;
  process.env['VK_DRIVER_FILES'] = process.env['VK_ICD_FILENAMES'] = DRIVERS + lavapipe;
  process.env['GGML_VK_VISIBLE_DEVICES'] = '0'; // ggml lists no processor unless told to
  process.env['MESA_SHADER_CACHE_DIR'] ??= fileURLToPath(
    new URL('../../build/vulkan-shaders/', import.meta.url),
  );
}

export type FoundDevice = { readonly device: Device } | { readonly device: null; readonly reason: string };

/** The first device of a backend, or why there is none here. */
export function findDevice(backend: GpuBackend): FoundDevice {
  const gpu = loadGpuBackend(native, backend, nativeDirectory);
  if (gpu.state !== 'ready') return { device: null, reason: `${gpu.error.title} ${gpu.error.cause}` };
  const [device] = gpu.devices;
  return device ? { device } : { device: null, reason: 'It lists no device.' };
}
