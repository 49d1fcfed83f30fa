/**
 * Keeps one run's state true while someone looks at it: reads the record at once, and again when the subscription stands
 * where the run may have gone on meanwhile; tells its watchers at most once per animation frame.
 */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { BackendClient } from '../../backend-client/client.ts';
import { WHOLE_CURVE } from '../../plots/curve-question.ts';
import {
  applyEvents,
  isActive,
  mergeRecord,
  type RunState,
  statusOf,
  stepsDone,
  UNKNOWN_RUN,
} from './run-state.ts';

export interface RunFeedView {
  readonly run: RunState;
  readonly error: CodedError | null;
}

export interface RunFeed {
  getView(): RunFeedView;
  subscribe(listener: () => void): () => void;
  /** Reads the record again, for a change that no event told of. */
  reload(): void;
  /** Begins to follow the run; returns what ends it. */
  start(): () => void;
}

/** The whole curve of a run, as one screen shows it. */
function readCurve(client: BackendClient, id: string, options: { readonly signal: AbortSignal }) {
  return client.call('runs.metrics', { id, ...WHOLE_CURVE }, options);
}

/** More steps than this are not kept one by one: the record is read again, which sums them up. */
export const MOST_SINGLE_STEPS = 4_000;

/** `nextFrame` is `requestAnimationFrame` in the page. */
export function createRunFeed(
  client: BackendClient,
  id: string,
  nextFrame: (redraw: () => void) => void,
): RunFeed {
  let view: RunFeedView = { run: UNKNOWN_RUN, error: null };
  let latest = view;
  let isFrameAsked = false;
  let reading: AbortController | null = null;
  let isReading = false;
  /** Events come from then on; what was read before it may miss some. */
  let isStanding = false;
  const listeners = new Set<() => void>();

  function change(next: Partial<RunFeedView>): void {
    latest = { ...latest, ...next };
    if (isFrameAsked) return;
    isFrameAsked = true;
    nextFrame(() => {
      isFrameAsked = false;
      view = latest;
      for (const listener of listeners) listener();
    });
  }

  function reload(): void {
    reading?.abort();
    const abort = new AbortController();
    reading = abort;
    isReading = true;
    const wasStanding = isStanding;
    const options = { signal: abort.signal };
    const asked = Promise.all([client.call('runs.show', { id }, options), readCurve(client, id, options)]);
    void asked.then(([details, metrics]) => {
      if (abort.signal.aborted) return;
      isReading = false;
      if (!details.ok) change({ error: details.error });
      else if (!metrics.ok) change({ error: metrics.error });
      else change({ run: mergeRecord(latest.run, details.value, metrics.value), error: null });
      if (!wasStanding && isStanding && mayGoOn(latest)) reload();
    });
  }

  return {
    getView: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reload,
    start() {
      const stands = () => {
        const isFirst = !isStanding;
        isStanding = true;
        if (!isFirst || (!isReading && mayGoOn(latest))) reload();
      };
      reload();
      const unsubscribe = client.subscribe(
        'run.events',
        { id },
        {
          event(events) {
            change({ run: applyEvents(latest.run, events) });
            // The end has more to it than its event (how the process exited), a resumption takes steps back.
            if (events.some(event => event.type === 'finished' || event.type === 'run')) reload();
            else if (!isReading && stepsSinceRecord(latest.run) > MOST_SINGLE_STEPS) reload();
          },
          standing: stands,
          ended: reload,
        },
      );
      return () => {
        unsubscribe();
        reading?.abort();
        isStanding = false;
      };
    },
  };
}

function mayGoOn({ run, error }: RunFeedView): boolean {
  return error !== null || isActive(statusOf(run));
}

function stepsSinceRecord(run: RunState): number {
  return run.record === null ? 0 : stepsDone(run) - run.recorded.lastStep;
}
