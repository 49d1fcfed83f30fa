/** What can compute a run: the processor, GPUs, and devices that only look like one. */
import { z } from 'zod';

export const computeDeviceSchema = z.object({
  /** As ggml numbers it: `CPU`, `CUDA0`, `Vulkan0`. */
  name: z.string(),
  description: z.string(),
  backend: z.string(),
  kind: z.enum(['cpu', 'gpu', 'integrated-gpu', 'accelerator']),
  /** Name and version of the driver, where it tells. */
  driver: z.string().nullable(),
  /** The processor computes, as behind Vulkan's llvmpipe; `device.backend: auto` never takes such a device. */
  isSoftware: z.boolean(),
  memoryTotalBytes: z.number(),
  memoryFreeBytes: z.number(),
});
export type ComputeDevice = z.infer<typeof computeDeviceSchema>;

const isGpu = ({ kind }: Pick<ComputeDevice, 'kind'>) => kind === 'gpu' || kind === 'integrated-gpu';

/** A GPU of its own before one that shares the processor's memory, then the one with the most memory free. */
export function bestGpu<D extends Pick<ComputeDevice, 'kind' | 'memoryFreeBytes'>>(
  devices: readonly D[],
): D | null {
  const rank = ({ kind }: D) => (kind === 'gpu' ? 1 : 0);
  const [best] = [...devices].sort((a, b) => rank(b) - rank(a) || b.memoryFreeBytes - a.memoryFreeBytes);
  return best ?? null;
}

/** ggml's registry names of backends that compute on a GPU, in the order in which `device.backend: auto` tries them. */
export const GPU_BACKENDS = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'MTL' } as const;

/** The GPU of a list that a run with this `device.backend` takes; null where the processor computes. */
export function gpuOfRun(devices: readonly ComputeDevice[], backend: string): ComputeDevice | null {
  for (const [name, ggmlName] of Object.entries(GPU_BACKENDS)) {
    if (backend !== 'auto' && backend !== name) continue;
    const own = devices.filter(device => device.backend === ggmlName && isGpu(device));
    const real = bestGpu(own.filter(device => !device.isSoftware));
    const best = real ?? (backend === name ? bestGpu(own) : null);
    if (best !== null) return best;
  }
  return null;
}
