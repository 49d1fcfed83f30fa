/** A question that changes while one types: asked after a pause, the newer cancels the older, the last answer stays. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureName, ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import { useBackend } from './backend-context.tsx';

export interface Answer<T> {
  /** The last answer; of an older question while `isPending`. */
  readonly value: T | null;
  readonly error: CodedError | null;
  readonly isPending: boolean;
  /** Asks once more: what it is about may have changed. */
  again(): void;
}

/** `input` null asks nothing and forgets the last answer. */
export function useAnswer<N extends ProcedureName>(
  name: N,
  input: ProcedureInput<N> | null,
  delayMs = 0,
): Answer<ProcedureOutput<N>> {
  const client = useBackend();
  const [answer, setAnswer] = useState<Known<ProcedureOutput<N>>>(NOTHING);
  const [asked, setAsked] = useState(0);
  const inputJson = input === null ? null : JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is what asks again
  useEffect(() => {
    if (inputJson === null) {
      setAnswer(NOTHING);
      return;
    }
    const abort = new AbortController();
    setAnswer(last => ({ ...last, isPending: true }));
    const timer = setTimeout(async () => {
      const question = JSON.parse(inputJson) as ProcedureInput<N>;
      const outcome = await client.call(name, question, { signal: abort.signal });
      if (abort.signal.aborted) return;
      setAnswer(last =>
        outcome.ok
          ? { value: outcome.value, error: null, isPending: false }
          : { value: last.value, error: outcome.error, isPending: false },
      );
    }, delayMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [client, name, inputJson, delayMs, asked]);
  const again = useCallback(() => setAsked(count => count + 1), []);
  return useMemo(() => ({ ...answer, again }), [answer, again]);
}

type Known<T> = Omit<Answer<T>, 'again'>;

const NOTHING = { value: null, error: null, isPending: false } as const;
