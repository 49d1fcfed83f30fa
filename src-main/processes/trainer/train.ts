/** Opens what a run needs, trains, saves the adapter, and says how it ended. */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { readCheckpoint, type StoredCheckpoint } from '../../adapters/checkpoints/checkpoint-folders.ts';
import type { PreparedDataset } from '../../adapters/prepared/prepared-reader.ts';
import type { JobContext } from '../child-channel.ts';
import type { TrainJob, TrainResult } from '../protocol.ts';
import { RunKeeper } from './keep-run.ts';
import { AT_THE_START, withFreshPatience } from './run-position.ts';
import { runSteps } from './run-steps.ts';
import { type Opened, withTrainer } from './with-trainer.ts';

export function train(job: TrainJob, context: JobContext): Promise<Outcome<TrainResult>> {
  return withTrainer(
    job,
    context,
    dataset => openResumed(job, dataset),
    opened => trainWith(opened, job, context),
  );
}

async function trainWith(
  { dataset, trainer, nativeBuild, origin, from }: Opened,
  { recipe, directory, isExtended }: TrainJob,
  context: JobContext,
): Promise<Outcome<TrainResult>> {
  await context.request({ kind: 'origin', origin });
  if (from !== null && from.meta.nativeBuild !== nativeBuild) context.emit(OTHER_BUILD);
  const keeper = await RunKeeper.open(
    {
      trainer,
      directory,
      keepCheckpoints: recipe.training.keepCheckpoints,
      preparedDataset: dataset.meta.hashes.preparedDataset,
      nativeBuild,
      context,
    },
    from,
  );
  const session = { trainer, dataset, recipe, keeper, context };
  const position = from?.meta ?? AT_THE_START;
  const start = isExtended ? withFreshPatience(position) : position;
  const ended = await runSteps(session, start, from?.meta.elapsedMs ?? 0);
  if (ended.status === 'failed') {
    return ok({ ...ended, adapterPath: null, bestAdapterPath: keeper.keptBest });
  }
  const saved = await keeper.saveAdapter();
  if (!saved.ok) return saved;
  return ok({ ...ended, adapterPath: keeper.adapterPath, bestAdapterPath: keeper.keptBest });
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
