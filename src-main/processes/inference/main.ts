/** The inference process: answers with a model, with and without adapter, through node-llama-cpp. */
import { serveJob } from '../child-channel.ts';
import type { InferenceJob } from '../protocol.ts';
import { converse } from './converse.ts';
import { generate } from './generate.ts';

serveJob<InferenceJob>((job, context) =>
  job.kind === 'generate' ? generate(job, context) : converse(job, context),
);
