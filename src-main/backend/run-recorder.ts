/** Gathers a run's measurements and writes them to the history a few times a second. */
import type { Checkpoint, RunError, TrainingEvent } from '../../src-shared/domain/training.ts';
import type { RunRecords, RunStore } from './ports.ts';

const FLUSH_EVERY_MS = 250;
/** Without events the owner still says that it lives. */
const HEARTBEAT_EVERY_MS = 2_000;

type Waiting = { -readonly [K in keyof RunRecords]: Mutable<RunRecords[K]> };
type Mutable<T> = T extends readonly (infer Item)[] ? Item[] : T;

export class RunRecorder {
  readonly #store: RunStore;
  readonly #id: string;
  readonly #now: () => Date;
  readonly #onWriteFault: () => void;
  readonly #timer: NodeJS.Timeout;
  #waiting = nothingWaits();
  #flushedAt = 0;
  #writeFault: RunError | null = null;

  /** `onWriteFault` is called once, where the history cannot be written; what was measured is kept for another try. */
  constructor(store: RunStore, id: string, now: () => Date, onWriteFault: () => void) {
    this.#store = store;
    this.#id = id;
    this.#now = now;
    this.#onWriteFault = onWriteFault;
    this.#timer = setInterval(() => this.#tick(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  /** Why the history could not be written, for example because the disk is full. */
  get writeFault(): RunError | null {
    return this.#writeFault;
  }

  add(event: TrainingEvent): void {
    switch (event.type) {
      case 'step': {
        const { type: _type, ...step } = event;
        this.#waiting.steps.push(step);
        break;
      }
      case 'evaluation': {
        const { type: _type, ...evaluation } = event;
        this.#waiting.evaluations.push(evaluation);
        break;
      }
      case 'sample': {
        const { type: _type, ...sample } = event;
        this.#waiting.samples.push(sample);
        break;
      }
      case 'warning':
        this.#waiting.warnings.push({ code: event.code, message: event.message });
        break;
      default:
        break;
    }
  }

  setCheckpoints(checkpoints: readonly Checkpoint[]): void {
    this.#waiting.checkpoints = [...checkpoints];
  }

  /** Writes what waits. Called last before the run is marked as finished. Never throws. */
  flush(): void {
    const at = this.#now();
    this.#flushedAt = at.getTime();
    try {
      this.#store.record(this.#id, this.#waiting, at.toISOString());
      this.#waiting = nothingWaits();
    } catch (error) {
      if (this.#writeFault !== null) return;
      this.#writeFault = historyFault(error);
      this.#onWriteFault();
    }
  }

  /** Writes the rest and stops. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.flush();
  }

  #tick(): void {
    const waits = Object.values(this.#waiting).some(records => records !== null && records.length > 0);
    if (waits || this.#now().getTime() - this.#flushedAt >= HEARTBEAT_EVERY_MS) this.flush();
  }
}

function nothingWaits(): Waiting {
  return { steps: [], evaluations: [], samples: [], warnings: [], checkpoints: null };
}

function historyFault(error: unknown): RunError {
  return {
    code: 'history.writeFailed',
    title: 'The history cannot be written.',
    cause: error instanceof Error ? error.message : String(error),
    remedy: 'Free space on the disk that holds the data folder, then resume the run.',
  };
}
