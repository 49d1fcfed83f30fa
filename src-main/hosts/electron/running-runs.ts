/** How many runs are training, for what must not happen meanwhile: sleep, or quitting without a question. */
import { PROCEDURES } from '../../../src-shared/contract/procedures.ts';
import { ALL_RUNS, type RunsQuestion } from '../../../src-shared/domain/run-list.ts';
import type { BackendFace } from '../../backend/backend-face.ts';

export interface RunningRuns {
  /** As of the last list that the backend gave. */
  count(): number;
  /** Idempotent. */
  close(): void;
}

/**
 * Follows `runs.changed` and asks `runs.list` after each, one question at a time: changes that come
 * while one is open share the next. `onCount` hears every answer.
 */
export function watchRunningRuns(backend: BackendFace, onCount: (count: number) => void): RunningRuns {
  const controller = new AbortController();
  let count = 0;
  let isAsking = false;
  let isStale = false;

  async function ask(): Promise<void> {
    isStale = true;
    if (isAsking) return;
    isAsking = true;
    while (isStale && !controller.signal.aborted) {
      isStale = false;
      count = (await countRunning(backend, controller.signal)) ?? count;
      if (!controller.signal.aborted) onCount(count);
    }
    isAsking = false;
  }

  const changes = backend.subscribe('runs.changed', {}, () => void ask());
  void ask();
  return {
    count: () => count,
    close() {
      controller.abort();
      if (changes.ok) changes.subscription.unsubscribe();
    },
  };
}

/** Counted, not shown. */
const RUNNING: RunsQuestion = { ...ALL_RUNS, statuses: ['running'], count: 0 };

/** null where the backend did not answer with a list; the last count then stands. */
async function countRunning(backend: BackendFace, signal: AbortSignal): Promise<number | null> {
  const result = await backend.call('runs.list', RUNNING, signal);
  const list = PROCEDURES['runs.list'].output.safeParse(result.ok ? result.value : null);
  return list.success ? list.data.matches : null;
}
