/** Reads several runs whole, once; a run that cannot be read is named with its error and the others stay. */
import { useEffect, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';

export interface ReadRuns {
  readonly isReading: boolean;
  readonly runs: readonly RunDetails[];
  readonly errors: readonly { readonly id: string; readonly error: CodedError }[];
}

const READING: ReadRuns = { isReading: true, runs: [], errors: [] };

export function useRunDetails(ids: readonly string[]): ReadRuns {
  const client = useBackend();
  const [read, setRead] = useState(READING);
  const idsJson = JSON.stringify(ids);
  useEffect(() => {
    const abort = new AbortController();
    const wanted = JSON.parse(idsJson) as string[];
    setRead(READING);
    const asked = wanted.map(async id => ({
      id,
      outcome: await client.call('runs.show', { id }, { signal: abort.signal }),
    }));
    void Promise.all(asked).then(answers => {
      if (abort.signal.aborted) return;
      setRead({
        isReading: false,
        runs: answers.flatMap(({ outcome }) => (outcome.ok ? [outcome.value] : [])),
        errors: answers.flatMap(({ id, outcome }) => (outcome.ok ? [] : [{ id, error: outcome.error }])),
      });
    });
    return () => abort.abort();
  }, [client, idsJson]);
  return read;
}
