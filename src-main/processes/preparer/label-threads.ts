/** The labelling threads of one preparation: batches in, labelled rows out, in the order of the batches. */
import { Worker } from 'node:worker_threads';
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import type { LabelledRow } from '../../pipeline/duplicates/split-dataset.ts';
import type { RowBatch } from './read-batches.ts';
import { packBatch, type ThreadData, type ThreadMessage } from './thread-messages.ts';

/** Batches per thread that are read before the first of them is labelled. */
const BATCHES_AHEAD = 3;
/** A thread inside a call of a template that does not end cannot be stopped, only its process can. */
const STOP_WITHIN_MS = 1000;

interface Task {
  readonly batch: RowBatch;
  readonly resolve: (rows: readonly LabelledRow[]) => void;
  readonly reject: (reason: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  task: Task | null;
}

export interface LabelThreadsOptions {
  /** The built entry of a thread. */
  readonly file: string;
  readonly count: number;
  readonly data: ThreadData;
  /** A thread that labels one long batch says that it gets on. */
  readonly onBusy: () => void;
}

export class LabelThreads {
  readonly #threads: Thread[];
  readonly #waiting: Task[] = [];
  readonly #onBusy: () => void;
  #failure: unknown = null;

  constructor({ file, count, data, onBusy }: LabelThreadsOptions) {
    this.#onBusy = onBusy;
    this.#threads = Array.from({ length: count }, () => this.#start(file, data));
  }

  /**
   * All rows of the batches, in order. Throws what reading throws, the abort reason, and a thread's fault.
   */
  async *label(batches: AsyncIterable<RowBatch>, signal: AbortSignal): AsyncGenerator<LabelledRow> {
    const ahead: Promise<readonly LabelledRow[]>[] = [];
    const most = this.#threads.length * BATCHES_AHEAD;
    const stop = () => this.#fail(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const batch of batches) {
        ahead.push(this.#send(batch));
        if (ahead.length < most) continue;
        for (const row of (await ahead.shift()) ?? []) yield row;
      }
      for (const rows of ahead) for (const row of await rows) yield row;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends the threads. False where one of them could not be stopped: its process then has to be killed. */
  async dispose(): Promise<boolean> {
    const ended = Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>(resolve => {
      timer = setTimeout(() => resolve(false), STOP_WITHIN_MS);
    });
    const stopped = await Promise.race([ended.then(() => true as const), late]);
    clearTimeout(timer);
    return stopped;
  }

  #send(batch: RowBatch): Promise<readonly LabelledRow[]> {
    const labelled = new Promise<readonly LabelledRow[]>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#waiting.push({ batch, resolve, reject });
    });
    // Whoever takes the rows hears of a failure; nobody may be left to take those behind it.
    labelled.catch(() => undefined);
    this.#handOut();
    return labelled;
  }

  #start(file: string, data: ThreadData): Thread {
    const worker = new Worker(file, { workerData: data });
    const thread: Thread = { worker, isReady: false, task: null };
    worker.on('message', (message: ThreadMessage) => this.#hear(thread, message));
    worker.on('error', fault => this.#fail(fault));
    return thread;
  }

  #hear(thread: Thread, message: ThreadMessage): void {
    if (message.type === 'refused') this.#fail(new CodedException(message.error));
    else if (message.type === 'busy') this.#onBusy();
    else if (message.type === 'ready') thread.isReady = true;
    else {
      thread.task?.resolve(message.rows);
      thread.task = null;
    }
    this.#handOut();
  }

  #handOut(): void {
    for (const thread of this.#threads) {
      if (!thread.isReady || thread.task) continue;
      const task = this.#waiting.shift();
      if (!task) return;
      thread.task = task;
      const packed = packBatch(task.batch);
      thread.worker.postMessage(packed, [packed.bytes.buffer]);
    }
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason;
    for (const task of this.#waiting.splice(0)) task.reject(this.#failure);
    for (const thread of this.#threads) thread.task?.reject(this.#failure);
  }
}
