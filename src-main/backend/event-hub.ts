/** Passes a run's events to whoever watches it. */
import type { TrainingEvent } from '../../src-shared/domain/training.ts';

export type Unsubscribe = () => void;

export class EventHub {
  readonly #watchers = new Map<string, Set<(event: TrainingEvent) => void>>();
  readonly #changeWatchers = new Set<(id: string) => void>();

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

  watchChanges(watcher: (id: string) => void): Unsubscribe {
    this.#changeWatchers.add(watcher);
    return () => void this.#changeWatchers.delete(watcher);
  }
}
