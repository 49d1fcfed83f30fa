/** Says which native build this is, which devices it sees, and why a GPU is not among them. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { loadAddon } from '../../adapters/native/addon.ts';
import { loadGpuBackend } from '../../adapters/native/gpu-backends.ts';
import { knownGpuBackends } from '../../adapters/native/gpu-modules.ts';
import type { JobContext } from '../child-channel.ts';
import type { DescribeResult } from '../protocol.ts';

export async function describeNative(context: JobContext): Promise<Outcome<DescribeResult>> {
  const addon = loadAddon(context.nativeDirectory);
  if (!addon.ok) return addon;
  const gpus = knownGpuBackends().map(backend => {
    const gpu = loadGpuBackend(addon.value, backend, context.nativeDirectory);
    return gpu.state === 'ready'
      ? { backend, state: gpu.state, module: gpu.path, error: null }
      : { backend, state: gpu.state, module: null, error: gpu.error };
  });
  return ok({ version: addon.value.version(), devices: addon.value.devices(), gpus });
}
