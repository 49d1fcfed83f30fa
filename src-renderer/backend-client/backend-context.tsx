/** Gives every component the backend client, and the hooks to ask it. */
import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureName, ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import type { BackendClient } from './client.ts';
import type { ConnectionStatus } from './transport.ts';

const BackendContext = createContext<BackendClient | null>(null);

export const BackendProvider = BackendContext.Provider;

export function useBackend(): BackendClient {
  const client = useContext(BackendContext);
  if (!client) throw new Error('useBackend needs a BackendProvider above it.');
  return client;
}

export function useConnection(): ConnectionStatus {
  const { connection } = useBackend();
  return useSyncExternalStore(connection.subscribe, connection.get);
}

export type Query<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: CodedError };

export type QueryResult<T> = Query<T> & { reload(): void };

/**
 * Asks once, and again when the input changes or `reload` is called; a newer question cancels the older
 * one. While it reloads, the last answer stays. `input` null asks nothing and leaves it at that.
 */
export function useQuery<N extends ProcedureName>(
  name: N,
  input: ProcedureInput<N> | null,
): QueryResult<ProcedureOutput<N>> {
  const client = useBackend();
  const [query, setQuery] = useState<Query<ProcedureOutput<N>>>({ status: 'loading' });
  const [generation, setGeneration] = useState(0);
  const inputJson = input === null ? null : JSON.stringify(input);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new generation is what asks again
  useEffect(() => {
    if (inputJson === null) return;
    const abort = new AbortController();
    const question = JSON.parse(inputJson) as ProcedureInput<N>;
    void client.call(name, question, { signal: abort.signal }).then(outcome => {
      if (abort.signal.aborted) return;
      setQuery(
        outcome.ok ? { status: 'ready', value: outcome.value } : { status: 'failed', error: outcome.error },
      );
    });
    return () => abort.abort();
  }, [client, name, inputJson, generation]);

  const reload = useCallback(() => setGeneration(current => current + 1), []);
  return { ...query, reload };
}
