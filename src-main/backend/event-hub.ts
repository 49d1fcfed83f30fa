/** Passes a run's events to whoever watches it. */
import type { RunPhase, TrainingEvent } from '../../src-shared/domain/training.ts';
import type { Progress } from '../pipeline/job-results.ts';

const PROGRESS_EVERY_MS = 100;

/** Which window has kept the draft, and its number. */
export interface DraftChange {
  readonly windowId: string;
  readonly revision: number;
}

export type Unsubscribe = () => void;

export class EventHub {
  readonly #watchers = new Map<string, Set<(event: TrainingEvent) => void>>();
  readonly #workWatchers = new Map<string, Set<(progress: Progress) => void>>();
  readonly #phases = new Map<string, RunPhase>();
  readonly #phaseWatchers = new Map<string, Set<(phase: RunPhase | null) => void>>();
  readonly #changeWatchers = new Set<(id: string) => void>();
  readonly #queueWatchers = new Set<() => void>();
  readonly #draftWatchers = new Set<(change: DraftChange) => void>();
  readonly #settingsWatchers = new Set<(names: string[]) => void>();

  publish(id: string, event: TrainingEvent): void {
    for (const watcher of this.#watchers.get(id) ?? []) watcher(event);
  }

  /** The list of runs is no longer what it was, because of this one. */
  publishChange(id: string): void {
    for (const watcher of this.#changeWatchers) watcher(id);
  }

  watch(id: string, watcher: (event: TrainingEvent) => void): Unsubscribe {
    return watchOne(this.#watchers, id, watcher);
  }

  /** What a run is doing; null once it does nothing any more. */
  publishPhase(id: string, phase: RunPhase | null): void {
    if (phase === null) this.#phases.delete(id);
    else this.#phases.set(id, phase);
    for (const watcher of this.#phaseWatchers.get(id) ?? []) watcher(phase);
  }

  /** Called at once, and after each change. */
  watchPhase(id: string, watcher: (phase: RunPhase | null) => void): Unsubscribe {
    watcher(this.#phases.get(id) ?? null);
    return watchOne(this.#phaseWatchers, id, watcher);
  }

  /** What a long piece of work reports, passed on to whoever watches it at most ten times a second. */
  throttledProgress(workId: string): (progress: Progress) => void {
    let last = 0;
    return progress => {
      const now = performance.now();
      if (now - last < PROGRESS_EVERY_MS) return;
      last = now;
      for (const watcher of this.#workWatchers.get(workId) ?? []) watcher(progress);
    };
  }

  watchProgress(workId: string, watcher: (progress: Progress) => void): Unsubscribe {
    return watchOne(this.#workWatchers, workId, watcher);
  }

  watchChanges(watcher: (id: string) => void): Unsubscribe {
    this.#changeWatchers.add(watcher);
    return () => void this.#changeWatchers.delete(watcher);
  }

  /** The queue is no longer what it was. */
  publishQueue(): void {
    for (const watcher of this.#queueWatchers) watcher();
  }

  watchQueue(watcher: () => void): Unsubscribe {
    this.#queueWatchers.add(watcher);
    return () => void this.#queueWatchers.delete(watcher);
  }

  publishDraft(change: DraftChange): void {
    for (const watcher of this.#draftWatchers) watcher(change);
  }

  watchDraft(watcher: (change: DraftChange) => void): Unsubscribe {
    this.#draftWatchers.add(watcher);
    return () => void this.#draftWatchers.delete(watcher);
  }

  /** These settings have changed. */
  publishSettings(names: string[]): void {
    for (const watcher of this.#settingsWatchers) watcher(names);
  }

  watchSettings(watcher: (names: string[]) => void): Unsubscribe {
    this.#settingsWatchers.add(watcher);
    return () => void this.#settingsWatchers.delete(watcher);
  }
}

/** Adds a watcher of one name, whose list goes with the last of them. */
function watchOne<W>(all: Map<string, Set<W>>, name: string, watcher: W): Unsubscribe {
  const watchers = all.get(name) ?? new Set();
  watchers.add(watcher);
  all.set(name, watchers);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) all.delete(name);
  };
}
