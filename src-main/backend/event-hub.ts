/** Passes a run's events to whoever watches it. */
import type { TrainingEvent } from '../../src-shared/domain/training.ts';
import type { Progress } from '../pipeline/job-results.ts';

const PROGRESS_EVERY_MS = 100;

export type Unsubscribe = () => void;

export class EventHub {
  readonly #watchers = new Map<string, Set<(event: TrainingEvent) => void>>();
  readonly #workWatchers = new Map<string, Set<(progress: Progress) => void>>();
  readonly #changeWatchers = new Set<(id: string) => void>();
  readonly #queueWatchers = new Set<() => void>();

  publish(id: string, event: TrainingEvent): void {
    for (const watcher of this.#watchers.get(id) ?? []) watcher(event);
  }

  /** The list of runs is no longer what it was, because of this one. */
  publishChange(id: string): void {
    for (const watcher of this.#changeWatchers) watcher(id);
  }

  watch(id: string, watcher: (event: TrainingEvent) => void): Unsubscribe {
    const watchers = this.#watchers.get(id) ?? new Set();
    watchers.add(watcher);
    this.#watchers.set(id, watchers);
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(id);
    };
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
    const watchers = this.#workWatchers.get(workId) ?? new Set();
    watchers.add(watcher);
    this.#workWatchers.set(workId, watchers);
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#workWatchers.delete(workId);
    };
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
}
