/** Exports under way and done, by run: they go on while other pages are looked at. */
import { useCallback, useSyncExternalStore } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import { callWithProgress, type WorkProgress } from '../../backend-client/call-with-progress.ts';
import type { BackendClient } from '../../backend-client/client.ts';

type Report = ProcedureOutput<'export.start'>;

export type ExportState =
  | { readonly status: 'idle' | 'cancelled' }
  | { readonly status: 'running'; readonly progress: WorkProgress | null }
  | { readonly status: 'done'; readonly report: Report; readonly target: string }
  | { readonly status: 'failed'; readonly error: CodedError };

const IDLE: ExportState = { status: 'idle' };
const states = new Map<string, ExportState>();
const aborts = new Map<string, AbortController>();
const listeners = new Set<() => void>();

function set(run: string, state: ExportState): void {
  states.set(run, state);
  for (const listener of listeners) listener();
}

export function useExportOf(run: string): ExportState {
  return useSyncExternalStore(
    useCallback(listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }, []),
    () => states.get(run) ?? IDLE,
  );
}

/** One at a time for a run. Resolves with the state at its end. */
export async function startExport(
  client: BackendClient,
  input: Omit<ProcedureInput<'export.start'>, 'workId'>,
  target: string,
): Promise<ExportState> {
  const run = input.id;
  aborts.get(run)?.abort();
  const abort = new AbortController();
  aborts.set(run, abort);
  set(run, { status: 'running', progress: null });
  const outcome = await callWithProgress(client, 'export.start', input, abort.signal, progress =>
    set(run, { status: 'running', progress }),
  );
  const state: ExportState = abort.signal.aborted
    ? { status: 'cancelled' }
    : outcome.ok
      ? { status: 'done', report: outcome.value, target }
      : { status: 'failed', error: outcome.error };
  if (aborts.get(run) === abort) {
    aborts.delete(run);
    set(run, state);
  }
  return state;
}

export function cancelExport(run: string): void {
  aborts.get(run)?.abort();
}
