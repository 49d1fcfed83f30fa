/** One heavy job at a time, so that training and chat do not compete for memory. */
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';

export interface Lease {
  /** Idempotent. */
  release(): void;
}

interface Waiter {
  readonly what: string;
  grant(lease: Lease): void;
}

export class ComputeLease {
  #holder: string | null = null;
  /** In the order in which they came. */
  readonly #waiters = new Set<Waiter>();

  /** `what` is shown to whoever comes second: "the run demo". Error: `compute.busy`. */
  take(what: string): Outcome<Lease> {
    if (this.#holder !== null) return fail(busy(this.#holder));
    return ok(this.#hold(what));
  }

  /** Waits its turn. Error: `job.cancelled`, where the signal comes first. */
  whenFree(what: string, signal: AbortSignal): Promise<Outcome<Lease>> {
    const now = this.take(what);
    if (now.ok) return Promise.resolve(now);
    return new Promise(resolve => {
      const give = (outcome: Outcome<Lease>) => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', giveUp);
        resolve(outcome);
      };
      const giveUp = () => give(fail(cancelled(what)));
      const waiter: Waiter = { what, grant: lease => give(ok(lease)) };
      this.#waiters.add(waiter);
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #hold(what: string): Lease {
    this.#holder = what;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#holder = null;
        const [next] = this.#waiters;
        next?.grant(this.#hold(next.what));
      },
    };
  }
}

function busy(holder: string): CodedError {
  return {
    code: 'compute.busy',
    title: 'The device is in use.',
    cause: `It is taken by ${holder}.`,
    remedy: 'Wait until that is done, or stop it.',
  };
}

function cancelled(what: string): CodedError {
  return {
    code: 'job.cancelled',
    title: 'The wait for the device was ended.',
    cause: `It was asked to stop before ${what} had its turn.`,
    remedy: 'Ask again when you like.',
  };
}
