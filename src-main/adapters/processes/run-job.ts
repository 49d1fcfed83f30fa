/** Runs one job in a child process and waits for its answer, its death, a cancel, or silence. */
import { type CodedError, fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { ProcessExit } from '../../../src-shared/domain/run.ts';
import type { TrainingEvent } from '../../../src-shared/domain/training.ts';
import type { Progress } from '../../pipeline/job-results.ts';
import { type Job, MEMORY_LIMIT_REACHED, type ProcessEntry } from '../../processes/protocol.ts';
import type { ProcessLauncher } from './process-launcher.ts';

export interface JobOptions {
  readonly nativeDirectory: string;
  /** Aborting asks the child to stop, and ends it if it does not within the grace time. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Writes every event so far to the history; the child waits for it. */
  readonly onCommit?: () => void;
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

const TITLES: Readonly<Record<ProcessEntry, string>> = {
  trainer: 'The training process ended before the run was done.',
  preparer: 'The preparation process ended before it was done.',
  inference: 'The inference process ended before it was done.',
  explorer: 'The process that shows data and labels ended before it was done.',
};

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
      else if (message.type === 'commit') {
        options.onCommit?.();
        child.send({ type: 'committed' });
      } else if (message.type === 'result') answer = message.outcome;
    });
    child.onExit(exit => {
      clearTimeout(silence);
      clearTimeout(grace);
      options.signal.removeEventListener('abort', askToStop);
      if (answer) resolve({ outcome: answer, exit: null });
      else resolve({ outcome: fail(endedBy ?? died(entry, exit)), exit });
    });
    options.onStart?.(child.pid);
    child.send({ type: 'job', job, nativeDirectory: options.nativeDirectory });
    heard();
    if (options.signal.aborted) askToStop();
    else options.signal.addEventListener('abort', askToStop, { once: true });
  });
}

export function died(entry: ProcessEntry, exit: ProcessExit): CodedError {
  const how = exit.signal !== null ? `signal ${exit.signal}` : `exit code ${exit.exitCode}`;
  const last = exit.lastLines.at(-1);
  if (last?.startsWith(MEMORY_LIMIT_REACHED)) {
    return {
      code: 'process.tooMuchMemory',
      title: 'The work took too much memory and was ended.',
      cause: last,
      remedy: 'Use another template or file.',
      details: exit,
    };
  }
  return {
    code: 'process.died',
    title: TITLES[entry],
    cause: `It ended with ${how}${last ? `; its last line was: ${last}` : ' and wrote nothing'}.`,
    remedy: remedyFor(exit),
    details: exit,
  };
}

function remedyFor(exit: ProcessExit): string {
  if (exit.signal === 'SIGKILL') {
    return 'Something outside ended it, often the system when memory runs out: lower training.batchSize or collator.maxLength.';
  }
  return 'Look at its last lines; lower training.batchSize or collator.maxLength if memory ran out.';
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
