/** What a run may fill: the memory of the GPU that the recipe names, else what the system has left. */
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { loadAddon } from '../../adapters/native/addon.ts';
import { chooseDevice } from '../../adapters/native/choose-device.ts';

/** With `auto` the processor's, since a run goes on there where a GPU does not suffice. */
export function freeMemoryBytes(backend: Recipe['device']['backend'], nativeDirectory: string): number {
  const ofSystem = process.availableMemory();
  if (backend === 'auto' || backend === 'cpu') return ofSystem;
  const addon = loadAddon(nativeDirectory);
  const chosen = addon.ok ? chooseDevice(backend, addon.value, nativeDirectory) : addon;
  const device = chosen.ok ? chosen.value.device : null;
  return device === null || device.isSoftware ? ofSystem : device.memoryFreeBytes;
}
