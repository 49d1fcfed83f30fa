/** What becomes of a run whose GPU cannot hold it: on lavapipe, which stands for a real GPU here. */
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findDevice, nativeDirectory, preferLavapipe } from '../../../src-native/test/devices.ts';
import { native, trainerOptions } from '../../../src-native/test/support.ts';
import { ok } from '../../../src-shared/contract/coded-error.ts';
import type { TrainingEvent } from '../../../src-shared/domain/training.ts';
import { parseRecipe } from '../../../src-shared/recipe/faults.ts';
import { fromNative, type NativeModel } from '../../adapters/native/addon.ts';
import type { JobContext } from '../child-channel.ts';
import { openOnDevice } from './open-on-device.ts';

preferLavapipe();
vi.setConfig({ testTimeout: 600_000 });
const { device } = findDevice('vulkan');
const fixtures = join(import.meta.dirname, '..', '..', '..', 'src-native', 'test', 'fixtures');

/** Opens a trainer for micro-batches of so many rows, on the device that is given for the best. */
async function open(backend: 'auto' | 'vulkan', batchSize: number) {
  const parsed = parseRecipe({
    version: 1,
    model: { path: join(fixtures, 'gradients', 'llama', 'model.gguf') },
    dataset: { path: '/rows.jsonl' },
    device: { backend },
  });
  if (!parsed.ok) throw new Error(parsed.faults.join());
  const events: TrainingEvent[] = [];
  const context = {
    nativeDirectory,
    signal: new AbortController().signal,
    reportProgress: () => undefined,
    emit: (event: TrainingEvent) => events.push(event),
    log: () => undefined,
  } as unknown as JobContext;
  const largestBatch = { batchSize, length: 64 };
  const create = async (model: NativeModel) =>
    fromNative(await native.Trainer.create(model, trainerOptions(model, { largestBatch })));
  const opened = await openOnDevice(native, parsed.recipe, context, create, () =>
    ok({ device, warnings: [] }),
  );
  return { opened, warnings: events.flatMap(event => (event.type === 'warning' ? [event] : [])) };
}

describe.skipIf(device === null)('a run that its GPU has no memory for', () => {
  it('goes on on the processor where the device was chosen for it, and says why and what it costs', async () => {
    const { opened, warnings } = await open('auto', 100_000);
    if (!opened.ok) throw new Error(opened.error.cause);
    expect(opened.value.trainer.placement.deviceBytes).toBe(0);
    expect(warnings.map(({ code }) => code)).toEqual(['device.fallback']);
    expect(warnings[0]?.message).toMatch(/has \d+ MB free; .* take \d+ MB.*The processor trains instead/);
    opened.value.trainer.dispose();
    opened.value.model.dispose();
  });

  it('is refused where the recipe names the device', async () => {
    const { opened, warnings } = await open('vulkan', 100_000);
    expect(opened).toMatchObject({ ok: false, error: { code: 'device.outOfMemory' } });
    expect(warnings).toEqual([]);
  });

  it('is trained there with less', async () => {
    const { opened, warnings } = await open('auto', 2);
    if (!opened.ok) throw new Error(opened.error.cause);
    expect(opened.value.trainer.placement.deviceBytes).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
    opened.value.trainer.dispose();
    opened.value.model.dispose();
  });
});
