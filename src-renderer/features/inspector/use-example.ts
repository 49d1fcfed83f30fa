/** A row with its runs, and its tokens page by page as they come near the window. */
import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ExplainedExample } from '../../../src-shared/contract/draft-procedures.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';

export interface Token {
  readonly id: number;
  readonly piece: string;
  readonly bytes: string;
}

export interface ShownExample {
  readonly example: ExplainedExample | null;
  readonly error: CodedError | null;
  /** What is shown belongs to an older question. */
  readonly isPending: boolean;
  /** Changes with the row and with every change of its labels. */
  readonly exampleVersion: number;
  tokenAt(index: number): Token | null;
  /** Asks for the tokens of a range that are not here yet. */
  need(from: number, to: number): void;
}

const PAGE_TOKENS = 1000;

export function useExample(recipe: Recipe | null, row: number, part: number): ShownExample {
  const client = useBackend();
  const [example, setExample] = useState<ExplainedExample | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [isPending, setIsPending] = useState(false);
  const [exampleVersion, setExampleVersion] = useState(0);
  const [, setPagesVersion] = useState(0);
  const pages = useRef(new Map<number, ExplainedExample['page']>());
  const asked = useRef(new Set<number>());
  const asking = useRef(new AbortController());
  const recipeJson = recipe === null ? null : JSON.stringify(recipe);

  const ask = useCallback(
    async (page: number, signal: AbortSignal) => {
      if (recipeJson === null) return null;
      const input = {
        recipe: JSON.parse(recipeJson),
        row,
        part,
        from: page * PAGE_TOKENS,
        count: PAGE_TOKENS,
      };
      const outcome = await client.call('labels.example', input, { signal });
      return signal.aborted ? null : outcome;
    },
    [client, recipeJson, row, part],
  );

  useEffect(() => {
    const abort = new AbortController();
    asking.current = abort;
    if (recipeJson === null) {
      setExample(null);
      setError(null);
      return () => abort.abort();
    }
    setIsPending(true);
    void ask(0, abort.signal).then(outcome => {
      if (outcome === null) return;
      setIsPending(false);
      setError(outcome.ok ? null : outcome.error);
      if (!outcome.ok) return;
      pages.current = new Map([[0, outcome.value.page]]);
      asked.current = new Set([0]);
      // Drawn in slices between which the page stays responsive.
      startTransition(() => {
        setExample(outcome.value);
        setExampleVersion(version => version + 1);
      });
    });
    return () => abort.abort();
  }, [ask, recipeJson]);

  const need = useCallback(
    (from: number, to: number) => {
      const { signal } = asking.current;
      for (let page = Math.floor(from / PAGE_TOKENS); page * PAGE_TOKENS < to; page++) {
        if (asked.current.has(page)) continue;
        asked.current.add(page);
        void ask(page, signal).then(outcome => {
          if (!outcome?.ok) return;
          pages.current.set(page, outcome.value.page);
          setPagesVersion(version => version + 1);
        });
      }
    },
    [ask],
  );

  const tokenAt = useCallback((index: number): Token | null => {
    const page = pages.current.get(Math.floor(index / PAGE_TOKENS));
    const at = index % PAGE_TOKENS;
    const [id, piece, bytes] = [page?.ids[at], page?.pieces[at], page?.bytes[at]];
    return id === undefined || piece === undefined || bytes === undefined ? null : { id, piece, bytes };
  }, []);

  return { example, error, isPending, exampleVersion, tokenAt, need };
}
