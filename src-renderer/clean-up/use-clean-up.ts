/** Removes items of the data folder, says how far it is, and brings back what went to the trash. */
import { useState } from 'react';
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { CleanResult } from '../../src-shared/domain/disk.ts';
import { useBackend } from '../backend-client/backend-context.tsx';
import { callWithProgress } from '../backend-client/call-with-progress.ts';

export interface CleanUp {
  /** How far it is; null while none is under way. */
  readonly cleaning: { readonly done: number; readonly total: number } | null;
  /** Nothing else may begin. */
  readonly isBusy: boolean;
  /** Of the last one, until it is undone. */
  readonly result: CleanResult | null;
  readonly error: CodedError | null;
  /** Gives what was done; null where it failed. */
  clean(ids: readonly string[]): Promise<CleanResult | null>;
  /** What was done so far is told as after a whole clean-up. */
  stop(): void;
  /** Gives whether all of it is back. */
  undo(): Promise<boolean>;
}

/** `onChanged`: the disk is no longer what it was. */
export function useCleanUp(onChanged: () => void): CleanUp {
  const client = useBackend();
  const [work, setWork] = useState<{ workId: string; done: number; total: number } | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [result, setResult] = useState<CleanResult | null>(null);
  const [error, setError] = useState<CodedError | null>(null);

  function end(fault: CodedError | null): void {
    setError(fault);
    setIsBusy(false);
    onChanged();
  }

  async function clean(ids: readonly string[]): Promise<CleanResult | null> {
    const workId = crypto.randomUUID();
    const tell = (done: number) => setWork({ workId, done, total: ids.length });
    setIsBusy(true);
    tell(0);
    const input = { ids: [...ids], workId };
    const outcome = await callWithProgress(client, 'disk.clean', input, NEVER, ({ done }) => tell(done));
    setWork(null);
    if (outcome.ok) setResult(outcome.value);
    end(outcome.ok ? null : outcome.error);
    return outcome.ok ? outcome.value : null;
  }

  async function undo(): Promise<boolean> {
    setIsBusy(true);
    for (const trashId of result ? trashIdsOf(result) : []) {
      const outcome = await client.call('disk.restore', { trashId });
      if (outcome.ok) continue;
      end(outcome.error);
      return false;
    }
    setResult(null);
    end(null);
    return true;
  }

  return {
    cleaning: work,
    isBusy,
    result,
    error,
    clean,
    stop: () => work && void client.call('disk.stop', { workId: work.workId }),
    undo,
  };
}

/** A clean-up is ended by `disk.stop`, never by leaving: its answer names what went to the trash. */
const NEVER = new AbortController().signal;

export function trashIdsOf(result: CleanResult): string[] {
  return result.removed.flatMap(({ trashId }) => trashId ?? []);
}
