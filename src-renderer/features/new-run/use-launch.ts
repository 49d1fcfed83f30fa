/** Checking and starting a recipe: asks the backend and keeps what it said. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RecipeSource } from '../../../src-shared/contract/procedures.ts';
import { type PreflightReport, preflightReportSchema } from '../../../src-shared/domain/preflight.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';

export type LaunchState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'checking'; readonly source: RecipeSource }
  | { readonly phase: 'starting'; readonly source: RecipeSource }
  | { readonly phase: 'checked'; readonly source: RecipeSource; readonly report: PreflightReport }
  /** The backend refused to start: these checks say why. */
  | { readonly phase: 'refused'; readonly source: RecipeSource; readonly report: PreflightReport }
  | { readonly phase: 'failed'; readonly source: RecipeSource; readonly error: CodedError };

export interface Launch {
  readonly state: LaunchState;
  check(source: RecipeSource): void;
  start(source: RecipeSource): void;
  cancel(): void;
}

export function useLaunch(onStarted: (id: string) => void): Launch {
  const client = useBackend();
  const [state, setState] = useState<LaunchState>({ phase: 'idle' });
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const ask = useCallback(() => {
    asking.current?.abort();
    asking.current = new AbortController();
    return asking.current.signal;
  }, []);

  const check = useCallback(
    async (source: RecipeSource) => {
      const signal = ask();
      setState({ phase: 'checking', source });
      const outcome = await client.call('preflight.run', source, { signal });
      if (signal.aborted) return;
      setState(
        outcome.ok
          ? { phase: 'checked', source, report: outcome.value }
          : { phase: 'failed', source, error: outcome.error },
      );
    },
    [client, ask],
  );

  const start = useCallback(
    async (source: RecipeSource) => {
      const signal = ask();
      setState({ phase: 'starting', source });
      const outcome = await client.call('runs.start', source, { signal });
      if (signal.aborted) return;
      if (outcome.ok) onStarted(outcome.value.id);
      else setState(refusal(source, outcome.error));
    },
    [client, ask, onStarted],
  );

  const cancel = useCallback(() => {
    asking.current?.abort();
    setState({ phase: 'idle' });
  }, []);

  return { state, check, start, cancel };
}

function refusal(source: RecipeSource, error: CodedError): LaunchState {
  const report = preflightReportSchema.safeParse(error.details);
  if (error.code === 'preflight.blocked' && report.success) {
    return { phase: 'refused', source, report: report.data };
  }
  return { phase: 'failed', source, error };
}
