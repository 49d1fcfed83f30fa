/** Starts what waits in the queue, one run after another, whenever the device is free. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CodedError, Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { BackendParts } from '../backend-parts.ts';
import type { Lease } from '../compute-lease.ts';
import type { ClaimedItem } from '../ports.ts';

/** How soon a change by another process, or the end of its run, is seen. */
const LOOK_EVERY_MS = 1000;

type PumpParts = Pick<BackendParts, 'queue' | 'lease' | 'events' | 'runElsewhere'>;

/** Resolves as soon as the run exists, or does not; releases the lease in any case. */
export type LaunchItem = (item: ClaimedItem, lease: Lease, signal: AbortSignal) => Promise<Outcome<unknown>>;

export class QueuePump {
  readonly #parts: PumpParts;
  readonly #launch: LaunchItem;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #version = 0;
  #turn: Promise<void> | null = null;
  #starting: { readonly id: string; readonly abort: AbortController } | null = null;

  constructor(parts: PumpParts, launch: LaunchItem) {
    this.#parts = parts;
    this.#launch = launch;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#look();
  }

  /** The queue was changed here. */
  kick(): void {
    this.#parts.events.publishQueue();
    this.#begin();
  }

  /** Ends the preparation of an item that is being started here. */
  cancel(id: string): void {
    if (this.#starting?.id === id) this.#starting.abort.abort();
  }

  /** What was being started waits again. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    this.#starting?.abort.abort();
    await this.#turn;
  }

  #look(): void {
    const { queue, events } = this.#parts;
    if (queue.isEmpty()) return;
    try {
      const version = queue.version();
      if (version !== this.#version) events.publishQueue();
      this.#version = version;
      if (this.#starting) queue.beat(process.pid);
    } catch {
      // A queue that cannot be read is told by `queue.list`, to those who look at it.
      return;
    }
    this.#begin();
  }

  #begin(): void {
    if (this.#stop.signal.aborted) return;
    this.#turn ??= this.#startAll()
      .catch(() => undefined)
      .finally(() => {
        this.#turn = null;
      });
  }

  async #startAll(): Promise<void> {
    const { queue, lease, runElsewhere, events } = this.#parts;
    const isWaiting = () => queue.list().some(({ status }) => status !== 'blocked');
    while (!this.#stop.signal.aborted && isWaiting() && runElsewhere() === null) {
      const device = await lease.whenFree('the queue', this.#stop.signal);
      if (!device.ok) return;
      let item: ClaimedItem | null = null;
      try {
        item = runElsewhere() === null ? queue.claim(process.pid, null) : null;
      } finally {
        if (item === null) device.value.release();
      }
      if (item === null) return;
      events.publishQueue();
      await this.#start(item, device.value);
      events.publishQueue();
      // A run that is there gives its events to whoever watches before the next one is thought of.
      await sleep(0);
    }
  }

  async #start(item: ClaimedItem, device: Lease): Promise<void> {
    const { queue } = this.#parts;
    const abort = new AbortController();
    this.#starting = { id: item.id, abort };
    try {
      const launched = await this.#launch(item, device, abort.signal);
      if (launched.ok) queue.finish(item.id);
      else if (launched.error.code === 'job.cancelled') queue.giveBack(item.id);
      else queue.block(item.id, asRunError(launched.error));
    } finally {
      this.#starting = null;
    }
  }
}

function asRunError({ code, title, cause, remedy }: CodedError) {
  return { code, title, cause, remedy };
}
