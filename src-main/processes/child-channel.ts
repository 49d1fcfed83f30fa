/** A child's side of the channel to its parent, the same under `fork` and Electron's utilityProcess. */
import { CodedException, fail, type Outcome, toCodedError } from '../../src-shared/contract/coded-error.ts';
import type { ChatEvent } from '../../src-shared/domain/chat.ts';
import type { RunPhase, TrainingEvent } from '../../src-shared/domain/training.ts';
import type { Progress, TrainerRequest } from '../pipeline/job-results.ts';
import type { ChildMessage, Job, ParentMessage } from './protocol.ts';

export interface JobContext {
  readonly nativeDirectory: string;
  /** Aborted when the parent asks to stop. */
  readonly signal: AbortSignal;
  reportProgress(progress: Progress): void;
  emit(event: TrainingEvent): void;
  /** Says what is being done from now on. To say it again costs nothing. */
  enter(phase: RunPhase): void;
  tell(event: ChatEvent): void;
  /** Resolves when the parent has done it, or when a stop is asked for. */
  request(request: TrainerRequest): Promise<void>;
  /** A line for the log: what is left to read where the process dies. */
  log(line: string): void;
}

export interface Port {
  send(message: ChildMessage): Promise<void>;
  onMessage(listener: (message: ParentMessage) => void): void;
}

/** `process.parentPort` as Electron's utility processes have it. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/**
 * Waits for the one job, does it, answers and ends. A coded exception becomes a coded result; anything
 * else is reported as a fault with its stack on standard error. The child ends with its parent. `end` ends
 * the process, for one that cannot simply exit.
 */
export function serveJob<J extends Job>(
  handle: (job: J, context: JobContext) => Promise<Outcome<unknown>>,
  end: (exitCode: number) => void = exitCode => process.exit(exitCode),
): void {
  // Ctrl-C reaches the whole process group; it is the parent's to say what happens then.
  process.on('SIGINT', () => undefined);
  const port = openPort();
  const stop = new AbortController();
  const requests = new RequestWaiters(stop.signal);
  port.onMessage(message => {
    if (message.type === 'stop') {
      stop.abort();
      return;
    }
    if (message.type === 'fulfilled') {
      requests.fulfil();
      return;
    }
    if (message.type !== 'job') return;
    let phase: RunPhase | null = null;
    const context: JobContext = {
      nativeDirectory: message.nativeDirectory,
      signal: stop.signal,
      reportProgress: progress => void port.send({ type: 'progress', progress }),
      emit: event => void port.send({ type: 'event', event }),
      enter: next => {
        if (next === phase) return;
        phase = next;
        void port.send({ type: 'phase', phase });
      },
      tell: event => void port.send({ type: 'chat', event }),
      request: request => {
        const fulfilled = requests.wait();
        void port.send({ type: 'request', request });
        return fulfilled;
      },
      log: line => void process.stderr.write(`${line}\n`),
    };
    void handle(message.job as J, context)
      .catch(asOutcome)
      .then(outcome => port.send({ type: 'result', outcome }))
      .then(() => end(0));
  });
}

/** Those who wait for the parent, which fulfils requests in their order. */
class RequestWaiters {
  readonly #signal: AbortSignal;
  #waiting: (() => void)[] = [];

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  wait(): Promise<void> {
    if (this.#signal.aborted) return Promise.resolve();
    return new Promise(resolve => void this.#waiting.push(resolve));
  }

  fulfil(): void {
    this.#waiting.shift()?.();
  }
}

/** What V8, the C++ library and the system say where no memory is left. */
const OUT_OF_MEMORY = /out of memory|allocation failed|bad_alloc|cannot allocate memory/i;

export function asOutcome(thrown: unknown): Outcome<unknown> {
  if (thrown instanceof Error && OUT_OF_MEMORY.test(thrown.message)) {
    return fail({
      code: 'process.outOfMemory',
      title: 'The memory of this machine did not suffice.',
      cause: `The process asked the system for memory and got none: ${thrown.message}.`,
      remedy: 'Lower training.batchSize or collator.maxLength, or end other programs.',
    });
  }
  if (!(thrown instanceof CodedException)) console.error(thrown);
  return fail(toCodedError(thrown));
}

export function openPort(): Port {
  const parentPort = (process as { parentPort?: ParentPort }).parentPort;
  if (parentPort) {
    return {
      send: message => {
        parentPort.postMessage(message);
        return new Promise(resolve => setImmediate(resolve));
      },
      onMessage: listener => parentPort.on('message', ({ data }) => listener(data as ParentMessage)),
    };
  }
  process.on('disconnect', () => process.exit(1));
  return {
    send: message =>
      new Promise(resolve => {
        if (process.send && process.connected) process.send(message, undefined, undefined, () => resolve());
        else resolve();
      }),
    onMessage: listener => process.on('message', message => listener(message as ParentMessage)),
  };
}

/** For handlers whose work is synchronous: lets a stop request in, and says whether one came. */
export async function stopRequested(signal: AbortSignal): Promise<boolean> {
  await new Promise(resolve => setImmediate(resolve));
  return signal.aborted;
}
