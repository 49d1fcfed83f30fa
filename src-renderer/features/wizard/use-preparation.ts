/** The prepared dataset of the draft and its report, made anew a moment after each change. */
import { useCallback, useEffect, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ProcedureOutput } from '../../../src-shared/contract/procedures.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { callWithProgress } from '../../backend-client/call-with-progress.ts';

type Prepared = ProcedureOutput<'draft.prepare'>;

export interface Preparation {
  /** Of an older draft while `isPending`. */
  readonly prepared: Prepared | null;
  readonly error: CodedError | null;
  readonly isPending: boolean;
  readonly progress: { readonly phase: string; readonly done: number } | null;
  /** True where it was cancelled, until it is asked for again or the draft changes. */
  readonly isCancelled: boolean;
  again(): void;
  cancel(): void;
}

const AFTER_MS = 400;

/** `recipe` null: nothing is prepared; what was is kept for a return to the same draft. */
export function usePreparation(recipe: Recipe | null, isWanted: boolean): Preparation {
  const client = useBackend();
  const [prepared, setPrepared] = useState<{ readonly key: string; readonly value: Prepared } | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [pendingKey, setPendingKey] = useState<string | null>(null);
  const [cancelledKey, setCancelledKey] = useState<string | null>(null);
  const [progress, setProgress] = useState<Preparation['progress']>(null);
  const [generation, setGeneration] = useState(0);
  const key = recipe === null ? null : keyOf(recipe);
  const isKnown = prepared !== null && prepared.key === key && error === null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new generation is what asks again
  useEffect(() => {
    if (key === null) {
      setError(null);
      return;
    }
    if (!isWanted || isKnown || cancelledKey === key) return;
    const abort = new AbortController();
    setPendingKey(key);
    setProgress(null);
    const timer = setTimeout(async () => {
      const input = { recipe: JSON.parse(key) as Record<string, unknown> };
      const outcome = await callWithProgress(
        client,
        'draft.prepare',
        input,
        abort.signal,
        ({ phase, done }) => setProgress({ phase, done }),
      );
      if (abort.signal.aborted) return;
      setPendingKey(null);
      setError(outcome.ok ? null : outcome.error);
      setPrepared(outcome.ok ? { key, value: outcome.value } : null);
    }, AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
      setPendingKey(null);
    };
  }, [client, key, isWanted, cancelledKey, generation]);

  const again = useCallback(() => {
    setCancelledKey(null);
    setPrepared(null);
    setGeneration(current => current + 1);
  }, []);
  const cancel = useCallback(() => setCancelledKey(key), [key]);
  const isPending =
    key !== null && (pendingKey === key || (isWanted && !isKnown && !error && cancelledKey !== key));
  return {
    prepared: isKnown || (isPending && isSameWork(prepared?.key, key)) ? (prepared?.value ?? null) : null,
    error,
    isPending,
    progress,
    isCancelled: cancelledKey === key,
    again,
    cancel,
  };
}

/** The report of other data or another model is no stand-in while a new one is made. */
function isSameWork(before: string | undefined, now: string): boolean {
  if (before === undefined) return false;
  const [a, b] = [before, now].map(key => JSON.parse(key) as Recipe);
  return a?.model.path === b?.model.path && String(a?.dataset.path) === String(b?.dataset.path);
}

/** Name and folder change nothing that is prepared. */
function keyOf(recipe: Recipe): string {
  return JSON.stringify({ ...recipe, name: 'untitled', output: { directory: null } });
}
