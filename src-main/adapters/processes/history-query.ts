/** Questions to the history in SQL, each in a process of its own: SQLite cannot be interrupted in the middle of a step. */
import { fail, type Outcome } from '../../../src-shared/contract/coded-error.ts';
import type { HistoryQuery, QueryAnswer } from '../../backend/ports.ts';
import type { ProcessLauncher } from './process-launcher.ts';
import { runJob } from './run-job.ts';

export interface HistoryQueryOptions {
  readonly launcher: ProcessLauncher;
  readonly nativeDirectory: string;
  readonly historyPath: string;
}

/** A process that computes hears no request to stop, so it is ended soon. */
const GRACE_MS = 100;

export function createHistoryQuery({
  launcher,
  nativeDirectory,
  historyPath,
}: HistoryQueryOptions): HistoryQuery {
  return {
    async ask({ sql, maxRows, limitMs }, signal) {
      const limit = AbortSignal.timeout(limitMs);
      const job = { kind: 'query', historyPath, sql, maxRows } as const;
      const { outcome } = await runJob(launcher, 'querier', job, {
        nativeDirectory,
        signal: AbortSignal.any([signal, limit]),
        silenceLimitMs: null,
        graceMs: GRACE_MS,
      });
      if (!outcome.ok && limit.aborted && !signal.aborted) return fail(tooLong(limitMs));
      return outcome as Outcome<QueryAnswer>;
    },
  };
}

function tooLong(limitMs: number) {
  return {
    code: 'sql.tooLong',
    title: 'The question took too long and was ended.',
    cause: `There was no answer within ${limitMs / 1000} seconds.`,
    remedy: 'Ask for less, for example for one run_id, or allow more with --seconds.',
  };
}
