/** Looks for the next row that is cut, dropped, has a finding or holds a text; from the start again at the end. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RowSearch } from '../../../src-shared/contract/draft-procedures.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { inspectorStrings as strings } from '../../strings/inspector.ts';

export interface RowFinder {
  /** `cut`, `dropped`, or the id of a finding. */
  readonly kind: string;
  readonly text: string;
  readonly isSearching: boolean;
  readonly message: string;
  choose(kind: string): void;
  setText(text: string): void;
  findNext(): void;
  findText(): void;
}

export function useRowFinder(
  recipe: Recipe | null,
  preparedId: string | null,
  row: number,
  onRow: (row: number) => void,
): RowFinder {
  const client = useBackend();
  const [kind, choose] = useState('cut');
  const [text, setText] = useState('');
  const [isSearching, setIsSearching] = useState(false);
  const [message, setMessage] = useState('');
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const find = useCallback(
    async (search: RowSearch) => {
      if (!recipe) return;
      asking.current?.abort();
      const abort = new AbortController();
      asking.current = abort;
      setIsSearching(true);
      setMessage(strings.searching);
      const ask = (from: number) =>
        client.call(
          'labels.find',
          { recipe, preparedId, row: from, backwards: false, search },
          { signal: abort.signal },
        );
      const behind = await ask(row);
      if (abort.signal.aborted) return;
      setIsSearching(false);
      if (!behind.ok) setMessage(behind.error.title);
      else if (behind.value.row !== null) {
        setMessage('');
        onRow(behind.value.row);
      } else {
        setMessage(strings.noneFound);
        const again = await ask(0);
        if (!abort.signal.aborted && again.ok && again.value.row !== null && again.value.row !== row)
          onRow(again.value.row);
      }
    },
    [client, recipe, preparedId, row, onRow],
  );

  return {
    kind,
    text,
    isSearching,
    message,
    choose,
    setText,
    findNext: () =>
      void find(kind === 'cut' || kind === 'dropped' ? { kind } : { kind: 'finding', id: kind }),
    findText: () => {
      if (text.trim() !== '') void find({ kind: 'text', text: text.trim() });
    },
  };
}
