/** One piece of long work of a page: started, told how far it is, stopped, and ended with the page. */
import { useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import { useBackend } from './backend-context.tsx';
import { callWithProgress, type LongWork, type WorkProgress } from './call-with-progress.ts';

export type EndedWork<R> =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'done'; readonly value: R }
  | { readonly kind: 'failed'; readonly error: CodedError };

export type Work<R> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: WorkProgress | null }
  | EndedWork<R>;

/** `onEnd` is for words to those who do not look. */
export function useLongWork<N extends LongWork>(
  name: N,
  onEnd: (ended: EndedWork<ProcedureOutput<N>>) => void,
) {
  const client = useBackend();
  const [work, setWork] = useState<Work<ProcedureOutput<N>>>({ kind: 'idle' });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const start = async (input: Omit<ProcedureInput<N>, 'workId'>) => {
    const stop = new AbortController();
    const { signal } = stop;
    abort.current = stop;
    setWork({ kind: 'running', progress: null });
    const outcome = await callWithProgress(client, name, input, signal, progress =>
      setWork({ kind: 'running', progress }),
    );
    const ended: EndedWork<ProcedureOutput<N>> = signal.aborted
      ? { kind: 'stopped' }
      : outcome.ok
        ? { kind: 'done', value: outcome.value }
        : { kind: 'failed', error: outcome.error };
    setWork(ended);
    onEnd(ended);
  };
  return {
    work,
    start: (input: Omit<ProcedureInput<N>, 'workId'>) => void start(input),
    stop: () => abort.current?.abort(),
  };
}
