/** Rows of the data, page by page, as they come near the window. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { DataRow } from '../../../src-shared/domain/inspection.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';

export interface RowPages {
  readonly error: CodedError | null;
  rowAt(row: number): DataRow | null;
  need(first: number, last: number): void;
}

/** Of one reading of one data set. */
interface Pages {
  readonly rows: Map<number, readonly DataRow[]>;
  readonly asked: Set<number>;
  abort: AbortController;
}

const PAGE_ROWS = 100;

/** `reading`: changes where the files were read anew. */
export function usePages(dataset: Record<string, unknown> | null, reading: unknown): RowPages {
  const client = useBackend();
  const key = dataset === null ? null : JSON.stringify(dataset);
  // Made in the render: what is drawn in it asks for its rows before any effect of this hook.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other data, or another reading, has other pages
  const pages = useMemo(newPages, [client, key, reading]);
  const [failure, setFailure] = useState<{ readonly of: Pages; readonly error: CodedError } | null>(null);
  const [, setVersion] = useState(0);
  useEffect(
    () => () => {
      pages.abort.abort();
      pages.abort = new AbortController();
      pages.asked.clear();
    },
    [pages],
  );

  const need = useCallback(
    (first: number, last: number) => {
      if (key === null) return;
      const { signal } = pages.abort;
      for (let page = Math.floor(first / PAGE_ROWS); page * PAGE_ROWS < last; page++) {
        if (pages.asked.has(page)) continue;
        pages.asked.add(page);
        const input = { dataset: JSON.parse(key), from: page * PAGE_ROWS, count: PAGE_ROWS };
        void client.call('data.rows', input, { signal }).then(outcome => {
          if (signal.aborted) return;
          if (outcome.ok) pages.rows.set(page, outcome.value.rows);
          else setFailure({ of: pages, error: outcome.error });
          setVersion(version => version + 1);
        });
      }
    },
    [client, key, pages],
  );
  const rowAt = useCallback(
    (row: number) => pages.rows.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS] ?? null,
    [pages],
  );
  return { error: failure?.of === pages ? failure.error : null, rowAt, need };
}

function newPages(): Pages {
  return { rows: new Map(), asked: new Set(), abort: new AbortController() };
}
