/** Rows of the data, page by page, as they come near the window. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { DataRow } from '../../../src-shared/domain/inspection.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';

export interface RowPages {
  readonly error: CodedError | null;
  rowAt(row: number): DataRow | null;
  need(first: number, last: number): void;
}

const PAGE_ROWS = 100;

export function usePages(dataset: Record<string, unknown> | null): RowPages {
  const client = useBackend();
  const key = dataset === null ? null : JSON.stringify(dataset);
  const pages = useRef(new Map<number, readonly DataRow[]>());
  const asked = useRef(new Set<number>());
  const abort = useRef(new AbortController());
  const [error, setError] = useState<CodedError | null>(null);
  const [, setVersion] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other data has other pages
  useEffect(() => {
    pages.current = new Map();
    asked.current = new Set();
    abort.current = new AbortController();
    setError(null);
    setVersion(version => version + 1);
    return () => abort.current.abort();
  }, [key, client]);

  const need = useCallback(
    (first: number, last: number) => {
      if (key === null) return;
      const { signal } = abort.current;
      for (let page = Math.floor(first / PAGE_ROWS); page * PAGE_ROWS < last; page++) {
        if (asked.current.has(page)) continue;
        asked.current.add(page);
        const input = { dataset: JSON.parse(key), from: page * PAGE_ROWS, count: PAGE_ROWS };
        void client.call('data.rows', input, { signal }).then(outcome => {
          if (signal.aborted) return;
          if (outcome.ok) pages.current.set(page, outcome.value.rows);
          else setError(outcome.error);
          setVersion(version => version + 1);
        });
      }
    },
    [client, key],
  );
  const rowAt = useCallback(
    (row: number) => pages.current.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS] ?? null,
    [],
  );
  return { error, rowAt, need };
}
