/** The inference process: answers with a model, with and without adapter, through node-llama-cpp. */
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import { serveJob } from '../child-channel.ts';
import type { InferenceJob } from '../protocol.ts';
import { converse } from './converse.ts';
import { generate } from './generate.ts';
import { verifyExport } from './verify-export.ts';

serveJob<InferenceJob>((job, context) => {
  switch (job.kind) {
    case 'generate':
      return generate(job, context);
    case 'converse':
      return converse(job, context);
    case 'verify':
      return verifyExport(job, context);
    default:
      return assertNever(job);
  }
});
