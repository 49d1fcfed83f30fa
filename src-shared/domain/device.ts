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
