/** Looks for the next row that is cut, dropped, has a finding or holds a text; from the start again at the end. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RowSearch } from '../../../src-shared/contract/draft-procedures.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { formatCount } from '../../format/numbers.ts';
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
  findPrevious(): void;
  findText(): void;
}

export function useRowFinder(
  recipe: Recipe | null,
  preparedId: string | null,
  row: number,
  /** `check`: what the row was looked for; null for a text. */
  onFound: (row: number, check: string | null) => void,
): RowFinder {
  const client = useBackend();
  const [kind, choose] = useState('cut');
  const [text, setText] = useState('');
  const [isSearching, setIsSearching] = useState(false);
  const [message, setMessage] = useState('');
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const find = useCallback(
    async (search: RowSearch, backwards: boolean) => {
      if (!recipe) return;
      asking.current?.abort();
      const abort = new AbortController();
      const { signal } = abort;
      asking.current = abort;
      setIsSearching(true);
      setMessage(strings.searching);
      /** The row that was found, null at the end, or nothing where it failed or is not wanted any more. */
      const searchFrom = async (start: number): Promise<number | null | undefined> => {
        for (let from = start; ; ) {
          const input = { recipe, preparedId, row: from, backwards, search };
          const outcome = await client.call('labels.find', input, { signal });
          if (signal.aborted) return undefined;
          if (!outcome.ok) {
            setMessage(outcome.error.title);
            return undefined;
          }
          const { row: found, stoppedAt } = outcome.value;
          if (found !== null || stoppedAt === null) return found;
          setMessage(strings.searchedTo(formatCount(stoppedAt)));
          from = stoppedAt;
        }
      };
      let found = await searchFrom(row);
      if (found === null && !backwards) {
        setMessage(strings.startsAnew);
        found = await searchFrom(-1);
      } else if (found !== undefined) setMessage('');
      if (signal.aborted) return;
      setIsSearching(false);
      if (found === null) setMessage(strings.noneFound);
      else if (found !== undefined) onFound(found, checkOf(search));
    },
    [client, recipe, preparedId, row, onFound],
  );
  const findLike = (backwards: boolean) => {
    const search: RowSearch = kind === 'cut' || kind === 'dropped' ? { kind } : { kind: 'finding', id: kind };
    void find(search, backwards);
  };

  return {
    kind,
    text,
    isSearching,
    message,
    choose,
    setText,
    findNext: () => findLike(false),
    findPrevious: () => findLike(true),
    findText: () => {
      if (text.trim() !== '') void find({ kind: 'text', text: text.trim() }, false);
    },
  };
}

/** The check that lists such rows. */
function checkOf(search: RowSearch): string | null {
  switch (search.kind) {
    case 'cut':
      return 'length.truncated';
    case 'dropped':
      return 'labels.rowEmpty';
    case 'finding':
      return search.id;
    default:
      return null;
  }
}
