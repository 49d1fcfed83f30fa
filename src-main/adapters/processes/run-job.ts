/** Runs one job in a child process and waits for its answer, its death, a cancel, or silence. */
import { type CodedError, fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { ChatEvent } from '../../../src-shared/domain/chat.ts';
import type { ProcessExit } from '../../../src-shared/domain/run.ts';
import type { RunPhase, TrainingEvent } from '../../../src-shared/domain/training.ts';
import type { Progress, TrainerRequest } from '../../pipeline/job-results.ts';
import type { Job, ProcessEntry } from '../../processes/protocol.ts';
import { explainExit } from './explain-exit.ts';
import type { ProcessLauncher } from './process-launcher.ts';

export interface JobOptions {
  readonly nativeDirectory: string;
  /** Aborting asks the child to stop, and ends it if it does not within the grace time. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly onPhase?: (phase: RunPhase) => void;
  /** What the child writes, in pieces of any length. */
  readonly onOutput?: (text: string) => void;
  readonly onChat?: (event: ChatEvent) => void;
  /** The child waits for it. Never rejects. */
  readonly onRequest?: (request: TrainerRequest) => Promise<void>;
  readonly onStart?: (pid: number | null) => void;
  /** A child that says nothing for so long is ended: a template that loops, a file that hangs. Null: never. */
  readonly silenceLimitMs: number | null;
  readonly graceMs: number;
}

export interface JobEnd {
  readonly outcome: Outcome<unknown>;
  /** Null where the child answered before it ended. */
  readonly exit: ProcessExit | null;
}

export function runJob(
  launcher: ProcessLauncher,
  entry: ProcessEntry,
  job: Job,
  options: JobOptions,
): Promise<JobEnd> {
  return new Promise(resolve => {
    const child = launcher.launch(entry);
    let answer: Outcome<unknown> | null = null;
    let silence: NodeJS.Timeout | undefined;
    let grace: NodeJS.Timeout | undefined;
    let endedBy: CodedError | null = null;
    const heard = () => {
      if (options.silenceLimitMs === null) return;
      clearTimeout(silence);
      silence = setTimeout(() => {
        endedBy = tooLong(options.silenceLimitMs ?? 0);
        child.kill();
      }, options.silenceLimitMs);
    };
    const askToStop = () => {
      child.send({ type: 'stop' });
      grace = setTimeout(() => {
        endedBy = cancelled();
        child.kill();
      }, options.graceMs);
    };
    child.onMessage(message => {
      heard();
      if (message.type === 'progress') options.onProgress?.(message.progress);
      else if (message.type === 'event') options.onEvent?.(message.event);
      else if (message.type === 'phase') options.onPhase?.(message.phase);
      else if (message.type === 'chat') options.onChat?.(message.event);
      else if (message.type === 'request') {
        void options.onRequest?.(message.request).then(() => child.send({ type: 'fulfilled' }));
      } else if (message.type === 'result') answer = message.outcome;
    });
    if (options.onOutput) child.onOutput(options.onOutput);
    child.onExit(exit => {
      clearTimeout(silence);
      clearTimeout(grace);
      options.signal.removeEventListener('abort', askToStop);
      if (answer) resolve({ outcome: answer, exit: null });
      else resolve({ outcome: fail(endedBy ?? explainExit(entry, exit)), exit });
    });
    options.onStart?.(child.pid);
    child.send({ type: 'job', job, nativeDirectory: options.nativeDirectory });
    heard();
    if (options.signal.aborted) askToStop();
    else options.signal.addEventListener('abort', askToStop, { once: true });
  });
}

export function tooLong(limitMs: number): CodedError {
  return {
    code: 'process.silent',
    title: 'The work did not get on and was ended.',
    cause: `Nothing was heard for ${Math.round(limitMs / 1000)} seconds: a template or a file keeps it busy without end.`,
    remedy: 'Use another template or file.',
  };
}

function cancelled(): CodedError {
  return {
    code: 'job.cancelled',
    title: 'The work was cancelled.',
    cause: 'It was asked to stop.',
    remedy: 'Start it again when you like.',
  };
}
