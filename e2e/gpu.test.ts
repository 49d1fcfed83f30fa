import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findDevice, preferLavapipe } from '../src-native/test/devices.ts';
import { randomRows } from '../src-native/test/support.ts';
import type { TrainingEvent } from '../src-shared/domain/training.ts';
import { createWorkspace, root, runLuthier } from './luthier-process.ts';

preferLavapipe(); // for the commands below, which inherit it
vi.setConfig({ testTimeout: 600_000 });
const { device: vulkan } = findDevice('vulkan');
const hasNvidia = existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
const hasGpu = hasNvidia || existsSync('/dev/dri');

const workspace = createWorkspace('gpu');
afterAll(workspace.remove);

let recipe = '';
beforeAll(() => {
  const rows = randomRows(11, [14, 20, 9, 17, 12, 16]);
  const data = workspace.write(
    'rows.jsonl',
    rows.map(({ inputIds, labels }) => JSON.stringify({ input_ids: inputIds, labels })).join('\n'),
  );
  const model = join(root, 'src-native', 'test', 'fixtures', 'gradients', 'llama', 'model.gguf');
  recipe = workspace.write(
    'run.luthier.yaml',
    `version: 1
name: gpu
model: {path: ${JSON.stringify(model)}}
dataset: {path: ${JSON.stringify(data)}, format: tokenized, validation: none}
collator: {maxLength: 32}
adapter: {rank: 4, alpha: 8}
training: {maxSteps: 3, batchSize: 2, gradientAccumulationSteps: 1, warmupSteps: 0, learningRate: 0.01}
`,
  );
});

async function train(backend: string, ...overrides: string[]) {
  const set = [`device.backend=${backend}`, ...overrides].flatMap(each => ['--set', each]);
  const { code, json } = await runLuthier('train', recipe, '--json', '--home', workspace.home, ...set);
  const events = json as TrainingEvent[];
  const finished = events.find(event => event.type === 'finished');
  return {
    code,
    warnings: events.flatMap(event => (event.type === 'warning' ? [event] : [])),
    losses: events.flatMap(event => (event.type === 'step' ? [event.loss] : [])),
    finished,
    adapter: finished?.adapterPath ? readFileSync(finished.adapterPath) : Buffer.alloc(0),
  };
}

describe('device.backend', () => {
  it.skipIf(vulkan === null)('vulkan trains on the device, as on the processor', async () => {
    const [there, here] = [await train('vulkan'), await train('cpu')];
    expect(there.code).toBe(0);
    expect(there.warnings.map(({ code }) => code)).toEqual(vulkan?.isSoftware ? ['device.software'] : []);
    expect(there.losses).toHaveLength(3);
    for (const [step, loss] of there.losses.entries()) {
      expect(Math.abs(loss / (here.losses[step] ?? 0) - 1)).toBeLessThan(1e-3);
    }
    expect(there.losses).not.toEqual(here.losses); // computed elsewhere, with other rounding
    expect(there.adapter.subarray(0, 4).toString()).toBe('GGUF');
  });

  it.skipIf(vulkan === null)(
    'vulkan says which operations go to the processor, and what that moves',
    async () => {
      const { code, warnings } = await train('vulkan', 'adapter.dropout=0.1', 'training.maxSteps=1');
      expect(code).toBe(0);
      const left = warnings.find(warning => warning.code === 'device.operationsOnProcessor');
      expect(left?.message).toMatch(/cannot compute MAP_CUSTOM1 × 39: .* \d+\.\d MB/);
    },
  );

  it.skipIf(hasGpu)(
    'auto trains on the processor without a word where there is no GPU, lavapipe or not',
    async () => {
      const [auto, cpu] = [await train('auto'), await train('cpu')];
      expect(auto.code).toBe(0);
      expect(auto.warnings).toEqual([]);
      expect(auto.adapter.equals(cpu.adapter)).toBe(true);
    },
  );

  it.skipIf(hasNvidia || process.platform !== 'linux' || process.arch !== 'x64')(
    'cuda is refused without a driver, with what to install',
    async () => {
      const { code, finished } = await train('cuda');
      expect(code).toBe(1);
      expect(finished).toMatchObject({
        status: 'failed',
        error: { code: 'backend.driverMissing', remedy: expect.stringContaining('driver') },
      });
    },
  );

  it('is explained by doctor: devices with driver and memory, and why a GPU is not among them', async () => {
    const { code, json } = await runLuthier('doctor', '--json', '--home', workspace.home);
    expect(code).toBe(0);
    const report = json[0] as {
      devices: { kind: string; backend: string; driver: string | null; memoryFreeBytes: number }[];
      gpuBackends: { backend: string; state: string; error: { cause: string; remedy: string } | null }[];
    };
    expect(report.devices.filter(({ kind }) => kind === 'cpu')).toHaveLength(1);
    for (const { memoryFreeBytes } of report.devices) expect(memoryFreeBytes).toBeGreaterThan(0);
    for (const { state, error } of report.gpuBackends) expect(error === null).toBe(state === 'ready');
    if (vulkan === null) return;
    const listed = report.devices.find(({ backend }) => backend === 'Vulkan');
    expect(listed?.driver).toBe(vulkan.driver);
  });
});
