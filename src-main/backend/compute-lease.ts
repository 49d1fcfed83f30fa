/** One heavy job at a time, so that training and chat do not compete for memory. */
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';

export interface Lease {
  /** Idempotent. */
  release(): void;
}

export class ComputeLease {
  #holder: string | null = null;

  /** `what` is shown to whoever comes second: "the run demo". Error: `compute.busy`. */
  take(what: string): Outcome<Lease> {
    if (this.#holder !== null) return fail(busy(this.#holder));
    this.#holder = what;
    let held = true;
    return ok({
      release: () => {
        if (held) this.#holder = null;
        held = false;
      },
    });
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
