/** The preparer process: everything that reads strangers' files and needs a vocabulary, one job each. */
import { join } from 'node:path';
import type { Outcome } from '../../../src-shared/contract/coded-error.ts';
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import { type JobContext, serveJob } from '../child-channel.ts';
import type { PreparerJob } from '../protocol.ts';
import { describeNative } from './describe-native.ts';
import { encodePrompts } from './encode-prompts.ts';
import { inspectDataset } from './inspect-dataset.ts';
import { inspectModels } from './inspect-models.ts';
import { watchMemory } from './memory-watchdog.ts';
import { prepareDataset } from './prepare-dataset.ts';
import { renderOne } from './render-one.ts';

watchMemory();
let hasStuckThread = false;
const threads = {
  threadFile: join(import.meta.dirname, 'labeller-thread.js'),
  onStuckThread: () => {
    hasStuckThread = true;
  },
};
serveJob<PreparerJob>(handle, exitCode => {
  // An exit waits for every thread, and one inside a template that does not end never comes back.
  if (hasStuckThread) process.kill(process.pid, 'SIGKILL');
  process.exit(exitCode);
});

function handle(job: PreparerJob, context: JobContext): Promise<Outcome<unknown>> {
  switch (job.kind) {
    case 'prepare':
      return prepareDataset(job, { ...context, ...threads });
    case 'inspect':
      return inspectDataset(job, context);
    case 'render':
      return renderOne(job, context);
    case 'encode':
      return encodePrompts(job, context);
    case 'describe':
      return describeNative(context);
    case 'inspectModels':
      return inspectModels(job.paths, context);
    default:
      return assertNever(job);
  }
}
