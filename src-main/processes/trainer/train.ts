/** Opens what a run needs, trains, saves the adapter, and says how it ended. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { fromNative, loadAddon, type NativeModel, type NativeTrainer } from '../../adapters/native/addon.ts';
import { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { refuseUnsupported } from '../../pipeline/unsupported-keys.ts';
import type { JobContext } from '../child-channel.ts';
import type { TrainJob, TrainResult } from '../protocol.ts';
import { runSteps } from './run-steps.ts';

/** Below this size a second thread costs more in waiting than it saves. */
const TINY_MODEL_PARAMETERS = 20_000_000;
/** Above this many tokens in a micro-batch, recomputing a layer is cheaper than keeping it. */
const CHECKPOINTING_FROM_TOKENS = 2048;

export async function train(job: TrainJob, context: JobContext): Promise<Outcome<TrainResult>> {
  const unsupported = refuseUnsupported(job.recipe, 'train');
  if (unsupported) return fail(unsupported);
  const prepared = PreparedDataset.open(job.preparedPath);
  if (!prepared.ok) return prepared;
  try {
    return await trainOn(prepared.value, job, context);
  } finally {
    prepared.value.close();
  }
}

async function trainOn(
  dataset: PreparedDataset,
  job: TrainJob,
  context: JobContext,
): Promise<Outcome<TrainResult>> {
  if (dataset.indicesOf('training').length === 0) return fail(noLabels(dataset.examples));
  const addon = loadAddon(context.nativeDirectory);
  if (!addon.ok) return addon;
  context.reportProgress({ phase: 'loading the model', done: 0, total: null });
  const model = fromNative(await addon.value.Model.open(job.recipe.model.path, { vocabularyOnly: false }));
  if (!model.ok) return model;
  const { info } = model.value;
  context.log(`loaded ${info.architecture}, ${info.parameters} parameters, ${info.quantization}`);
  const trainer = await createTrainer(addon.value, model.value, job.recipe);
  if (!trainer.ok) {
    model.value.dispose();
    return trainer;
  }
  context.log(`training ${trainer.value.parameterCount} adapter parameters`);
  try {
    const ended = await runSteps(trainer.value, dataset, job.recipe, context);
    if (ended.status === 'failed') return ok({ ...ended, adapterPath: null, bestAdapterPath: null });
    const saved = await saveAdapter(trainer.value, job.directory);
    return saved.ok ? ok({ ...ended, adapterPath: saved.value, bestAdapterPath: null }) : saved;
  } finally {
    trainer.value.dispose();
    model.value.dispose();
  }
}

type AddonModule = Extract<ReturnType<typeof loadAddon>, { ok: true }>['value'];

async function createTrainer(
  addon: AddonModule,
  model: NativeModel,
  recipe: Recipe,
): Promise<Outcome<NativeTrainer>> {
  const { adapter, training, collator, device } = recipe;
  const microBatchTokens = training.batchSize * collator.maxLength;
  return fromNative(
    await addon.Trainer.create(model, {
      rank: adapter.rank,
      alpha: adapter.alpha,
      rsLora: adapter.rsLora,
      targetModules: adapter.targetModules,
      lastLayers: adapter.layers === 'all' ? null : adapter.layers.last,
      seed: training.seed,
      initialAdapter: adapter.init,
      threads: device.threads ?? defaultThreads(model.info.parameters),
      gradientCheckpointing:
        training.gradientCheckpointing === 'on' ||
        (training.gradientCheckpointing === 'auto' && microBatchTokens > CHECKPOINTING_FROM_TOKENS),
    }),
  );
}

function defaultThreads(parameters: number): number {
  return parameters < TINY_MODEL_PARAMETERS ? 1 : availableParallelism();
}

async function saveAdapter(trainer: NativeTrainer, directory: string): Promise<Outcome<string>> {
  const path = join(directory, 'adapter.gguf');
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    return fail({
      code: 'file.writeFailed',
      title: 'The adapter cannot be written.',
      cause: error instanceof Error ? error.message : String(error),
      remedy: 'Free space, or choose another output.directory.',
    });
  }
  const saved = fromNative(await trainer.saveAdapter(path));
  return saved.ok ? ok(path) : saved;
}

function noLabels(examples: number): CodedError {
  return {
    code: 'labels.none',
    title: `0 of ${examples} examples have trained tokens.`,
    cause: 'The prepared dataset has nothing to train on.',
    remedy: 'Run preflight; it says why.',
  };
}
