/** Which device a run gets, and that no GPU is passed over in silence. */
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src-native/binding.d.ts';
import { chooseAmong } from './choose-device.ts';
import type { GpuState } from './gpu-backends.ts';
import type { GpuBackend } from './gpu-modules.ts';

const gpu = (name: string, facts: Partial<Device> = {}): Device => ({
  name,
  description: `${name} description`,
  backend: name.replace(/\d+$/, ''),
  kind: 'gpu',
  driver: null,
  isSoftware: false,
  memoryTotalBytes: 8e9,
  memoryFreeBytes: 8e9,
  ...facts,
});

const llvmpipe = gpu('Vulkan0', { description: 'llvmpipe', isSoftware: true });
const fault = (state: 'driverless' | 'faulty', code: string): GpuState => ({
  state,
  error: { code, title: `${code}.`, cause: 'Because.', remedy: 'Install it.' },
});
const ready = (...devices: Device[]): GpuState => ({ state: 'ready', devices, path: '/module' });
const noDriver = fault('driverless', 'backend.driverMissing');

function choose(wanted: Parameters<typeof chooseAmong>[0], states: Partial<Record<GpuBackend, GpuState>>) {
  const asked: GpuBackend[] = [];
  const chosen = chooseAmong(wanted, ['cuda', 'vulkan'], backend => {
    asked.push(backend);
    return states[backend] ?? noDriver;
  });
  if (!chosen.ok) return { code: chosen.error.code, asked };
  return {
    device: chosen.value.device?.name ?? null,
    warnings: chosen.value.warnings.map(({ code }) => code),
    messages: chosen.value.warnings.map(({ message }) => message),
    asked,
  };
}

describe('auto', () => {
  it('takes CUDA before Vulkan, and asks no further', () => {
    const states = { cuda: ready(gpu('CUDA0')), vulkan: ready(gpu('Vulkan0')) };
    expect(choose('auto', states)).toMatchObject({ device: 'CUDA0', warnings: [], asked: ['cuda'] });
  });

  it('never takes a device that computes on the processor', () => {
    expect(choose('auto', { vulkan: ready(llvmpipe) })).toMatchObject({ device: null, warnings: [] });
    expect(choose('auto', { vulkan: ready(llvmpipe, gpu('Vulkan1')) })).toMatchObject({ device: 'Vulkan1' });
  });

  it('takes a GPU of its own before one in the processor, then the one with more memory free', () => {
    const shared = gpu('Vulkan0', { kind: 'integrated-gpu', memoryFreeBytes: 64e9 });
    const states = { vulkan: ready(shared, gpu('Vulkan1'), gpu('Vulkan2', { memoryFreeBytes: 9e9 })) };
    expect(choose('auto', states)).toMatchObject({ device: 'Vulkan2' });
    expect(choose('auto', { vulkan: ready(shared) })).toMatchObject({ device: 'Vulkan0' });
  });

  it('says nothing where there is no GPU', () => {
    expect(choose('auto', {})).toMatchObject({ device: null, warnings: [], asked: ['cuda', 'vulkan'] });
  });

  it('says why a GPU that is there is not used, what it costs, and what to do', () => {
    const cuda = fault('faulty', 'backend.cudaRuntimeMissing');
    const alone = choose('auto', { cuda });
    expect(alone).toMatchObject({ device: null, warnings: ['device.fallback'] });
    expect(alone.messages?.[0]).toMatch(
      /Because\. The processor trains instead.*several times.*Install it\./,
    );
    const beside = choose('auto', { cuda, vulkan: ready(gpu('Vulkan0')) });
    expect(beside).toMatchObject({ device: 'Vulkan0', warnings: ['device.fallback'] });
    expect(beside.messages?.[0]).toContain('Vulkan0 description trains instead');
  });
});

describe('a backend by its name', () => {
  it('is refused where it is not there, never replaced', () => {
    const states = { cuda: ready(gpu('CUDA0')) };
    expect(choose('vulkan', states)).toEqual({ code: 'backend.driverMissing', asked: ['vulkan'] });
  });

  it('takes a device that is no GPU, and says so', () => {
    expect(choose('vulkan', { vulkan: ready(llvmpipe) })).toMatchObject({
      device: 'Vulkan0',
      warnings: ['device.software'],
    });
  });

  it('loads nothing for the processor', () => {
    expect(choose('cpu', { cuda: ready(gpu('CUDA0')) })).toMatchObject({ device: null, asked: [] });
  });
});
