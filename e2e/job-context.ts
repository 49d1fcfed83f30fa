/** What a process gives to its job, for tests that run the job in their own process. */
import type { prepareDataset } from '../src-main/processes/preparer/prepare-dataset.ts';
import { nativeDirectory } from './labelling.ts';

/** Nobody hears of progress, and nothing ends the job early. */
export const quietContext: Parameters<typeof prepareDataset>[1] = {
  nativeDirectory,
  signal: new AbortController().signal,
  reportProgress: () => undefined,
  emit: () => undefined,
  enter: () => undefined,
  tell: () => undefined,
  request: () => Promise.resolve(),
  log: () => undefined,
  threadFile: null,
  onStuckThread: () => undefined,
};
