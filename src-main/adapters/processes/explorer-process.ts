/**
 * Keeps one explorer process for the questions of all pages: started with the first, ended after a while
 * without any, started anew where it died. A question that takes too long ends the process; the others
 * that wait are asked again.
 */
import { type CodedError, fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { Explorer } from '../../backend/ports.ts';
import type { Question } from '../../pipeline/questions.ts';
import { explainExit } from './explain-exit.ts';
import type { ChildHandle, ProcessLauncher } from './process-launcher.ts';
import { tooLong } from './run-job.ts';

export interface ExplorerOptions {
  readonly launcher: ProcessLauncher;
  readonly nativeDirectory: string;
  /** Seconds since 1970. */
  readonly now: () => number;
}

const IDLE_LIMIT_MS = 120_000;
const SILENCE_LIMIT_MS = 60_000;

interface Waiting {
  readonly id: number;
  readonly question: Question;
  answer(outcome: Outcome<unknown>): void;
}

export function createExplorer(options: ExplorerOptions): Explorer {
  let child: ChildHandle | null = null;
  let timer: NodeJS.Timeout | undefined;
  let endedBy: CodedError | null = null;
  let nextId = 1;
  /** In the order in which they are answered: the first is the one at work. */
  const waiting = new Map<number, Waiting>();

  function send({ id, question }: Waiting): void {
    child ??= start();
    child.send({ type: 'ask', id, question, nativeDirectory: options.nativeDirectory, now: options.now() });
  }

  function start(): ChildHandle {
    const own = options.launcher.launch('explorer');
    own.onMessage(message => {
      if (message.type !== 'answer') return;
      waiting.get(message.id)?.answer(message.outcome);
      waiting.delete(message.id);
      watch();
    });
    own.onExit(exit => {
      if (child === own) child = null;
      clearTimeout(timer);
      const [first, ...others] = waiting.values();
      if (!first) return;
      waiting.delete(first.id);
      first.answer(fail(endedBy ?? explainExit('explorer', exit)));
      endedBy = null;
      for (const other of others) send(other);
      watch();
    });
    return own;
  }

  /** Watches the question at work, or the idle process. */
  function watch(): void {
    clearTimeout(timer);
    const isIdle = waiting.size === 0;
    timer = setTimeout(
      () => {
        if (!isIdle) endedBy = tooLong(SILENCE_LIMIT_MS);
        child?.kill();
      },
      isIdle ? IDLE_LIMIT_MS : SILENCE_LIMIT_MS,
    );
    timer.unref();
  }

  return {
    ask: (question, signal) =>
      new Promise(resolve => {
        const id = nextId++;
        const drop = () => child?.send({ type: 'drop', id });
        const entry: Waiting = {
          id,
          question,
          answer: outcome => {
            signal.removeEventListener('abort', drop);
            resolve(outcome as never);
          },
        };
        const isFirst = waiting.size === 0;
        waiting.set(id, entry);
        send(entry);
        if (signal.aborted) drop();
        else signal.addEventListener('abort', drop, { once: true });
        if (isFirst) watch();
      }),
    close: () => {
      clearTimeout(timer);
      child?.kill();
    },
  };
}
