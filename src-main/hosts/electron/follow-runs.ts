/** How far the runs of this app are, and that one has ended: for what is shown outside the window. */
import { z } from 'zod';
import { STREAMS } from '../../../src-shared/contract/procedures.ts';
import { type EndedRun, endedRunSchema } from '../../../src-shared/domain/run-end.ts';
import type { BackendFace } from '../../backend/backend-face.ts';

export interface RunsListener {
  /** The share of all planned steps that is done, from 0 to 1 in hundredths; null where nothing trains. */
  onProgress(share: number | null): void;
  /** Once for each run that was under way in this app. */
  onEnd(run: EndedRun): void;
}

interface Followed {
  planned: number;
  done: number;
  unsubscribe(): void;
}

/** Looks at each run that `runs.changed` names, and follows the events of those under way. Returns what ends it. */
export function followRuns(backend: BackendFace, listener: RunsListener): () => void {
  const closed = new AbortController();
  const followed = new Map<string, Followed>();
  let told: number | null = null;
  /** One look after the other: an older answer must not come after a newer one. */
  let looks = Promise.resolve();

  async function look(id: string): Promise<void> {
    const run = await showRun(backend, id, closed.signal);
    if (closed.signal.aborted) return;
    if (run?.status === 'running') follow(run);
    else if (followed.has(id)) {
      forget(id);
      if (run !== null) listener.onEnd(run);
    }
    tellProgress();
  }

  function follow(run: EndedRun): void {
    if (followed.has(run.id)) return;
    const entry: Followed = { planned: run.plannedSteps, done: run.stepsDone, unsubscribe: () => undefined };
    const events = backend.subscribe('run.events', { id: run.id }, delivered => {
      const parsed = STREAMS['run.events'].event.safeParse(delivered);
      const step = parsed.success ? parsed.data.findLast(event => event.type === 'step') : undefined;
      if (step?.type !== 'step') return;
      entry.done = step.step;
      tellProgress();
    });
    if (events.ok) entry.unsubscribe = () => events.subscription.unsubscribe();
    followed.set(run.id, entry);
  }

  function forget(id: string): void {
    followed.get(id)?.unsubscribe();
    followed.delete(id);
  }

  function tellProgress(): void {
    const runs = [...followed.values()];
    const planned = runs.reduce((sum, run) => sum + run.planned, 0);
    const done = runs.reduce((sum, run) => sum + run.done, 0);
    const share = runs.length === 0 ? null : Math.floor((100 * done) / Math.max(1, planned)) / 100;
    if (share === told) return;
    told = share;
    listener.onProgress(share);
  }

  const changes = backend.subscribe('runs.changed', {}, event => {
    const change = CHANGE.safeParse(event);
    if (change.success) looks = looks.then(() => look(change.data.id));
  });
  return () => {
    closed.abort();
    for (const id of [...followed.keys()]) forget(id);
    if (changes.ok) changes.subscription.unsubscribe();
  };
}

const CHANGE = z.object({ id: z.string() });

/** Null where there is no such run any more. */
async function showRun(backend: BackendFace, id: string, signal: AbortSignal): Promise<EndedRun | null> {
  const result = await backend.call('runs.show', { id }, signal);
  const run = endedRunSchema.safeParse(result.ok ? result.value : null);
  return run.success ? run.data : null;
}
