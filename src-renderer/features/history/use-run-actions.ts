/** What is done to runs from the table: changed, deleted and brought back. */
import { useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { RunChanges, RunsChanges } from '../../../src-shared/domain/run.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { formatCount } from '../../format/numbers.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { useAnnounce } from '../../ui/announcer.tsx';

export interface RunActions {
  readonly error: CodedError | null;
  /** The runs that were deleted last, until they are back or the message about them is closed. */
  readonly removed: Removed | null;
  change(id: string, changes: RunChanges): Promise<void>;
  changeAll(ids: readonly string[], changes: RunsChanges): Promise<void>;
  /** Runs under way stay. */
  remove(ids: readonly string[]): Promise<void>;
  restore(ids: readonly string[]): Promise<void>;
  dismiss(): void;
  /** Something else has changed runs. */
  reload(): void;
}

interface Removed {
  readonly ids: readonly string[];
  /** So many were asked for and are still there. */
  readonly kept: number;
}

/** The contract takes so many at once. */
const AT_ONCE = 5000;

/** `onDone` after each: the table asks again at once, and need not wait to be told. */
export function useRunActions(onDone: () => void): RunActions {
  const client = useBackend();
  const announce = useAnnounce();
  const [error, setError] = useState<CodedError | null>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);

  async function inParts(
    name: 'runs.changeAll' | 'runs.delete' | 'runs.restore',
    ids: readonly string[],
    changes?: RunsChanges,
  ): Promise<string[]> {
    const done: string[] = [];
    setError(null);
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const part = { ids: ids.slice(first, first + AT_ONCE) };
      const outcome =
        name === 'runs.changeAll'
          ? await client.call(name, { ...part, changes: changes ?? {} })
          : await client.call(name, part);
      if (!outcome.ok) {
        setError(outcome.error);
        break;
      }
      done.push(...outcome.value.ids);
    }
    onDone();
    return done;
  }

  return {
    error,
    removed,
    async change(id, changes) {
      const outcome = await client.call('runs.change', { id, changes });
      setError(outcome.ok ? null : outcome.error);
      onDone();
    },
    async changeAll(ids, changes) {
      await inParts('runs.changeAll', ids, changes);
    },
    async remove(ids) {
      const gone = await inParts('runs.delete', ids);
      if (gone.length === 0) return;
      setRemoved({ ids: gone, kept: ids.length - gone.length });
      announce(strings.deleted(formatCount(gone.length)));
    },
    async restore(ids) {
      const back = await inParts('runs.restore', ids);
      if (back.length === 0) return;
      setRemoved(null);
      announce(strings.restored(formatCount(back.length)));
    },
    dismiss: () => setRemoved(null),
    reload: onDone,
  };
}
