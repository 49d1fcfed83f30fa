/** The trainer process: one run from prepared dataset to adapter, one probe before it, or one look at its losses behind it. */
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import { serveJob } from '../child-channel.ts';
import type { TrainerJob } from '../protocol.ts';
import { measureLosses } from './measure-losses.ts';
import { probe } from './probe.ts';
import { train } from './train.ts';

serveJob<TrainerJob>((job, context) => {
  switch (job.kind) {
    case 'train':
      return train(job, context);
    case 'probe':
      return probe(job, context);
    case 'losses':
      return measureLosses(job, context);
    default:
      return assertNever(job);
  }
});
