/** Opens what a run needs, trains, saves the adapter, and says how it ended. */
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { readCheckpoint, type StoredCheckpoint } from '../../adapters/checkpoints/checkpoint-folders.ts';
import { loadAddon } from '../../adapters/native/addon.ts';
import { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import { largestMicroBatch } from '../../pipeline/batches/largest-micro-batch.ts';
import type { JobContext } from '../child-channel.ts';
import type { TrainJob, TrainResult } from '../protocol.ts';
import { createTrainer } from './create-trainer.ts';
import { RunKeeper } from './keep-run.ts';
import { openOnDevice } from './open-on-device.ts';
import { AT_THE_START } from './run-position.ts';
import { runSteps } from './run-steps.ts';

export async function train(job: TrainJob, context: JobContext): Promise<Outcome<TrainResult>> {
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
  const trained = dataset.indicesOf('training');
  if (trained.length === 0) return fail(noLabels(dataset.examples));
  const addon = loadAddon(context.nativeDirectory);
  if (!addon.ok) return addon;
  context.reportProgress({ phase: 'loading the model', done: 0, total: null });
  const resumed = await openResumed(job, dataset);
  if (!resumed.ok) return resumed;
  const from = resumed.value;
  const largest = largestMicroBatch(job.recipe, dataset.lengthsOf(trained));
  const opened = await openOnDevice(addon.value, job.recipe, context, model =>
    createTrainer(addon.value, model, job, from, largest),
  );
  if (!opened.ok) return opened;
  const { model, trainer } = opened.value;
  context.log(`training ${trainer.parameterCount} adapter parameters`);
  try {
    const nativeBuild = addon.value.version().buildHash;
    if (from !== null && from.meta.nativeBuild !== nativeBuild) context.emit(OTHER_BUILD);
    const keeper = await RunKeeper.open(
      {
        trainer,
        directory: job.directory,
        keepCheckpoints: job.recipe.training.keepCheckpoints,
        preparedDataset: dataset.meta.hashes.preparedDataset,
        nativeBuild,
        context,
      },
      from,
    );
    const session = { trainer, dataset, recipe: job.recipe, keeper, context };
    const ended = await runSteps(session, from?.meta ?? AT_THE_START, from?.meta.elapsedMs ?? 0);
    if (ended.status === 'failed') {
      return ok({ ...ended, adapterPath: null, bestAdapterPath: keeper.keptBest });
    }
    const saved = await keeper.saveAdapter();
    if (!saved.ok) return saved;
    return ok({ ...ended, adapterPath: keeper.adapterPath, bestAdapterPath: keeper.keptBest });
  } finally {
    trainer.dispose();
    model.dispose();
  }
}

/** Null for a run that begins at step 1. Errors: `checkpoint.damaged`, `checkpoint.otherData`. */
async function openResumed(
  job: TrainJob,
  dataset: PreparedDataset,
): Promise<Outcome<StoredCheckpoint | null>> {
  if (job.resumeFrom === null) return ok(null);
  const read = await readCheckpoint(job.resumeFrom);
  if (!read.ok || read.value.meta.preparedDataset === dataset.meta.hashes.preparedDataset) return read;
  return fail({
    code: 'checkpoint.otherData',
    title: 'The checkpoint belongs to other data.',
    cause: `${job.resumeFrom.path} was written while training on other labelled examples.`,
    remedy: 'Start a new run.',
  });
}

const OTHER_BUILD = {
  type: 'warning',
  code: 'checkpoint.otherBuild',
  message:
    'The checkpoint was written by another build of the native part: the last digits of the results may differ from those of an uninterrupted run.',
} as const;

function noLabels(examples: number): CodedError {
  return {
    code: 'labels.none',
    title: `0 of ${examples} examples have trained tokens.`,
    cause: 'The prepared dataset has nothing to train on.',
    remedy: 'Run preflight; it says why.',
  };
}
