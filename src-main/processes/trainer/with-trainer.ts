/** Opens dataset, model and trainer for a job, and closes them again, however the job ends. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { StoredCheckpoint } from '../../adapters/checkpoints/checkpoint-folders.ts';
import { loadAddon, type NativeModel, type NativeTrainer } from '../../adapters/native/addon.ts';
import { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { largestMicroBatch } from '../../pipeline/batches/largest-micro-batch.ts';
import type { JobContext } from '../child-channel.ts';
import { createTrainer } from './create-trainer.ts';
import { openOnDevice } from './open-on-device.ts';

export interface TrainerJob {
  readonly recipe: Recipe;
  readonly preparedPath: string;
  /** A PEFT adapter to begin from is converted into it. */
  readonly directory: string;
}

export interface Opened {
  readonly dataset: PreparedDataset;
  readonly model: NativeModel;
  readonly trainer: NativeTrainer;
  /** SHA-256 over what the native part was built from. */
  readonly nativeBuild: string;
  /** What the trainer works on and by. */
  readonly origin: Readonly<Record<string, string>>;
  /** The checkpoint that the trainer is in the state of. */
  readonly from: StoredCheckpoint | null;
}

/**
 * `findCheckpoint` is asked before the model is loaded. Errors: `labels.none`, the dataset's, the device's, the
 * model's, the trainer's, and those of the two functions.
 */
export async function withTrainer<T>(
  job: TrainerJob,
  context: JobContext,
  findCheckpoint: (dataset: PreparedDataset) => Promise<Outcome<StoredCheckpoint | null>>,
  use: (opened: Opened) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const prepared = PreparedDataset.open(job.preparedPath);
  if (!prepared.ok) return prepared;
  const dataset = prepared.value;
  const closing: (() => void)[] = [() => dataset.close()];
  try {
    const trained = dataset.indicesOf('training');
    if (trained.length === 0) return fail(noLabels(dataset.examples));
    const addon = loadAddon(context.nativeDirectory);
    if (!addon.ok) return addon;
    const from = await findCheckpoint(dataset);
    if (!from.ok) return from;
    context.enter('loading');
    context.reportProgress({ phase: 'loading the model', done: 0, total: null });
    const largest = largestMicroBatch(job.recipe, dataset.lengthsOf(trained));
    const opened = await openOnDevice(addon.value, job.recipe, context, model =>
      createTrainer(addon.value, model, job, from.value, largest),
    );
    if (!opened.ok) return opened;
    const { model, trainer, where } = opened.value;
    closing.push(
      () => model.dispose(),
      () => trainer.dispose(),
    );
    context.log(`training ${trainer.parameterCount} adapter parameters`);
    const { buildHash: nativeBuild, llamaCpp } = addon.value.version();
    const origin = { device: where, llamaCpp, native: nativeBuild };
    return await use({ dataset, model, trainer, nativeBuild, origin, from: from.value });
  } finally {
    for (const close of closing.reverse()) close();
  }
}

/** For jobs that always begin afresh. */
export async function noCheckpoint(): Promise<Outcome<null>> {
  return ok(null);
}

function noLabels(examples: number): CodedError {
  return {
    code: 'labels.none',
    title: `0 of ${examples} examples have trained tokens.`,
    cause: 'The prepared dataset has nothing to train on.',
    remedy: 'Run preflight; it says why.',
  };
}
