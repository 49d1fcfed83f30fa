/** Chooses what computes a run: the GPU that the recipe asks for or that is best, else the processor. */
import type { Device } from '../../../src-native/binding.d.ts';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { bestGpu } from '../../../src-shared/domain/device.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { Addon } from './addon.ts';
import { type GpuState, loadGpuBackend, mayHaveGpu } from './gpu-backends.ts';
import { type GpuBackend, knownGpuBackends } from './gpu-modules.ts';

export interface RunWarning {
  readonly code: string;
  readonly message: string;
}

export interface ChosenDevice {
  /** Null: the processor. */
  readonly device: Device | null;
  /** What to tell the user: a faster device that is there and could not be used, a device that is no GPU. */
  readonly warnings: readonly RunWarning[];
}

/** What loads a backend's module and lists its devices; replaced in tests of the choice. */
export type LoadGpu = (backend: GpuBackend) => GpuState;

/**
 * `auto` takes the first of CUDA, Vulkan and Metal that has a real GPU, and never a device that computes on the
 * processor behind a GPU's interface. Errors, where the recipe names a backend: those of `loadGpuBackend`.
 */
export function chooseDevice(
  wanted: Recipe['device']['backend'],
  addon: Addon,
  nativeDirectory: string,
): Outcome<ChosenDevice> {
  const load: LoadGpu = backend => loadGpuBackend(addon, backend, nativeDirectory);
  const candidates = knownGpuBackends().filter(backend => mayHaveGpu(backend));
  return chooseAmong(wanted, candidates, load);
}

export function chooseAmong(
  wanted: Recipe['device']['backend'],
  candidates: readonly GpuBackend[],
  load: LoadGpu,
): Outcome<ChosenDevice> {
  if (wanted === 'cpu') return ok({ device: null, warnings: [] });
  if (wanted !== 'auto') return chooseNamed(load(wanted));
  const faults: CodedError[] = [];
  for (const backend of candidates) {
    const gpu = load(backend);
    if (gpu.state === 'faulty') faults.push(gpu.error);
    const best = gpu.state === 'ready' ? bestGpu(gpu.devices.filter(device => !device.isSoftware)) : null;
    if (best) return ok({ device: best, warnings: faults.map(fault => notUsed(fault, best.description)) });
  }
  return ok({ device: null, warnings: faults.map(fault => notUsed(fault, null)) });
}

function chooseNamed(gpu: GpuState): Outcome<ChosenDevice> {
  if (gpu.state !== 'ready') return fail(gpu.error);
  const device = bestGpu(gpu.devices.filter(each => !each.isSoftware)) ?? bestGpu(gpu.devices);
  if (device === null) throw new Error('a backend that is ready has a device');
  return ok({ device, warnings: device.isSoftware ? [softwareDevice(device)] : [] });
}

/** For a run that began on a GPU and goes on without: `fault` says why. */
export function fellBackToProcessor(fault: CodedError): RunWarning {
  return notUsed(fault, null);
}

function notUsed(fault: CodedError, instead: string | null): RunWarning {
  const cost =
    instead === null
      ? 'The processor trains instead; a GPU is commonly several times as fast.'
      : `${instead} trains instead.`;
  return { code: 'device.fallback', message: `${fault.title} ${fault.cause} ${cost} ${fault.remedy}` };
}

function softwareDevice(device: Device): RunWarning {
  return {
    code: 'device.software',
    message: `${device.description} is no GPU: it computes on the processor, much slower than device.backend: cpu does.`,
  };
}
