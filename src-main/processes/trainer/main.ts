/** The trainer process: one run from prepared dataset to adapter, or one probe before it. */
import { serveJob } from '../child-channel.ts';
import type { ProbeJob, TrainJob } from '../protocol.ts';
import { probe } from './probe.ts';
import { train } from './train.ts';

serveJob<TrainJob | ProbeJob>((job, context) =>
  job.kind === 'train' ? train(job, context) : probe(job, context),
);
