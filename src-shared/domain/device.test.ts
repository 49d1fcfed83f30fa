import { describe, expect, it } from 'vitest';
import { type ComputeDevice, gpuOfRun } from './device.ts';

const device = (name: string, part: Partial<ComputeDevice> = {}): ComputeDevice => ({
  name,
  description: name,
  backend: name.replace(/\d+$/, ''),
  kind: 'gpu',
  driver: null,
  isSoftware: false,
  memoryTotalBytes: 8e9,
  memoryFreeBytes: 6e9,
  ...part,
});

describe('the GPU of a run', () => {
  const cpu = device('CPU', { kind: 'cpu' });
  const cuda = device('CUDA0');
  const vulkan = device('Vulkan0');
  const integrated = device('Vulkan1', { kind: 'integrated-gpu', memoryFreeBytes: 30e9 });
  const software = device('Vulkan2', { isSoftware: true });

  it('is the one that auto tries first', () => {
    expect(gpuOfRun([cpu, integrated, vulkan, cuda], 'auto')).toBe(cuda);
    expect(gpuOfRun([cpu, integrated, vulkan], 'auto')).toBe(vulkan);
    expect(gpuOfRun([cpu, device('MTL0')], 'auto')?.name).toBe('MTL0');
  });

  it('is of the backend that is asked for', () => {
    expect(gpuOfRun([cpu, vulkan, cuda], 'vulkan')).toBe(vulkan);
    expect(gpuOfRun([cpu, vulkan, cuda], 'cpu')).toBeNull();
    expect(gpuOfRun([cpu, vulkan], 'cuda')).toBeNull();
  });

  it('is one that computes on the processor only where its backend is named', () => {
    expect(gpuOfRun([cpu, software], 'auto')).toBeNull();
    expect(gpuOfRun([cpu, software], 'vulkan')).toBe(software);
  });
});
