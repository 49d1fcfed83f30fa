/** The trainer process: one run, from prepared dataset to adapter. */
import { serveJob } from '../child-channel.ts';
import type { TrainJob } from '../protocol.ts';
import { train } from './train.ts';

serveJob<TrainJob>(train);
