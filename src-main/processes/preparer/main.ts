/** The preparer process: everything that reads strangers' files and needs a vocabulary, one job each. */
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import { serveJob } from '../child-channel.ts';
import type { PreparerJob } from '../protocol.ts';
import { describeNative } from './describe-native.ts';
import { encodePrompts } from './encode-prompts.ts';
import { inspectDataset } from './inspect-dataset.ts';
import { watchMemory } from './memory-watchdog.ts';
import { prepareDataset } from './prepare-dataset.ts';
import { renderOne } from './render-one.ts';

watchMemory();
serveJob<PreparerJob>((job, context) => {
  switch (job.kind) {
    case 'prepare':
      return prepareDataset(job, context);
    case 'inspect':
      return inspectDataset(job, context);
    case 'render':
      return renderOne(job, context);
    case 'encode':
      return encodePrompts(job, context);
    case 'describe':
      return describeNative(context);
    default:
      return assertNever(job);
  }
});
