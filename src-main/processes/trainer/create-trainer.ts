/** The native trainer as a recipe asks for it: fresh, begun from another adapter, or from a checkpoint. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { StoredCheckpoint } from '../../adapters/checkpoints/checkpoint-folders.ts';
import { type Addon, fromNative, type NativeModel, type NativeTrainer } from '../../adapters/native/addon.ts';
import { encodeAdapterGguf } from '../../adapters/peft/adapter-gguf.ts';
import { readPeftAdapter } from '../../adapters/peft/peft-adapter.ts';
import type { MicroBatchSize } from '../../pipeline/batches/largest-micro-batch.ts';
import { recomputesLayers } from '../../pipeline/gradient-checkpointing.ts';
import type { TrainJob } from '../protocol.ts';

/** Below this size a second thread costs more in waiting than it saves. */
const TINY_MODEL_PARAMETERS = 20_000_000;

/** A trainer as the recipe says, in the state of the checkpoint if there is one. */
export async function createTrainer(
  addon: Addon,
  model: NativeModel,
  { recipe, directory }: Pick<TrainJob, 'recipe' | 'directory'>,
  from: StoredCheckpoint | null,
  largest: MicroBatchSize,
): Promise<Outcome<NativeTrainer>> {
  const { adapter, training, device } = recipe;
  const initial = from ? ok(from.adapterPath) : initialAdapterOf(adapter.init, model, directory);
  if (!initial.ok) return initial;
  const created = fromNative(
    await addon.Trainer.create(model, {
      rank: adapter.rank,
      alpha: adapter.alpha,
      rsLora: adapter.rsLora,
      targetModules: adapter.targetModules,
      lastLayers: adapter.layers === 'all' ? null : adapter.layers.last,
      seed: training.seed,
      dropout: adapter.dropout,
      neftuneAlpha: training.neftuneAlpha,
      initialAdapter: initial.value,
      threads: device.threads ?? defaultThreads(model.info.parameters),
      gradientCheckpointing: recomputesLayers(recipe),
      largestBatch: { batchSize: largest.rows, length: largest.length },
    }),
  );
  if (!created.ok || from === null) return created;
  const restored = fromNative(created.value.restoreOptimizer(from.optimizer));
  if (restored.ok) return created;
  created.value.dispose();
  return restored;
}

/** A GGUF adapter as it is; a PEFT folder becomes one in the run's folder. Errors: those of `readPeftAdapter`. */
function initialAdapterOf(
  init: string | null,
  model: NativeModel,
  directory: string,
): Outcome<string | null> {
  if (init === null || !statSync(init, { throwIfNoEntry: false })?.isDirectory()) return ok(init);
  const read = readPeftAdapter(init, model.info);
  if (!read.ok) return read;
  const path = join(directory, 'initial-adapter.gguf');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, encodeAdapterGguf(read.value));
  return ok(path);
}

function defaultThreads(parameters: number): number {
  return parameters < TINY_MODEL_PARAMETERS ? 1 : availableParallelism();
}
