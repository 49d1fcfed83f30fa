/** Gathers a run's measurements and writes them to the history a few times a second. */
import type { Evaluation, StepMetric, TrainingEvent } from '../../src-shared/domain/training.ts';
import type { RunStore } from './ports.ts';

const FLUSH_EVERY_MS = 250;
/** Without events the owner still says that it lives. */
const HEARTBEAT_EVERY_MS = 2_000;

export class RunRecorder {
  readonly #store: RunStore;
  readonly #id: string;
  readonly #now: () => Date;
  readonly #timer: NodeJS.Timeout;
  #steps: StepMetric[] = [];
  #evaluations: Evaluation[] = [];
  #warnings: { code: string; message: string }[] = [];
  #flushedAt = 0;

  constructor(store: RunStore, id: string, now: () => Date) {
    this.#store = store;
    this.#id = id;
    this.#now = now;
    this.#timer = setInterval(() => this.#tick(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  add(event: TrainingEvent): void {
    if (event.type === 'step') {
      const { type: _type, ...step } = event;
      this.#steps.push(step);
    } else if (event.type === 'evaluation') {
      const { type: _type, ...evaluation } = event;
      this.#evaluations.push(evaluation);
    } else if (event.type === 'warning') {
      this.#warnings.push({ code: event.code, message: event.message });
    }
  }

  /** Writes what waits. Called last before the run is marked as finished. */
  flush(): void {
    const at = this.#now();
    this.#flushedAt = at.getTime();
    const records = { steps: this.#steps, evaluations: this.#evaluations, warnings: this.#warnings };
    this.#steps = [];
    this.#evaluations = [];
    this.#warnings = [];
    this.#store.record(this.#id, records, at.toISOString());
  }

  /** Writes the rest and stops. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.flush();
  }

  #tick(): void {
    const waiting = this.#steps.length + this.#evaluations.length + this.#warnings.length;
    if (waiting > 0 || this.#now().getTime() - this.#flushedAt >= HEARTBEAT_EVERY_MS) this.flush();
  }
}
