/** Files that are being handed over to the backend: how far they are, and the way to cancel them. */
import { useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { handOver } from '../../files/hand-over.ts';

export interface HandOver {
  /** Of the file under way. */
  readonly name: string;
  /** Which one it is, from 1, and of how many. */
  readonly place: number;
  readonly files: number;
  /** Of all files together. */
  readonly received: number;
  readonly bytes: number;
}

/** Newer files take the place of those under way. Leaving the page cancels. */
export function useHandOver(): {
  readonly current: HandOver | null;
  /** One after the other; `onPaths` gets their copies in the same order, once all are there. */
  start(
    files: readonly File[],
    onPaths: (paths: readonly string[]) => void,
    onError: (error: CodedError) => void,
  ): void;
  cancel(): void;
} {
  const client = useBackend();
  const [current, setCurrent] = useState<HandOver | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const start = async (
    files: readonly File[],
    onPaths: (paths: readonly string[]) => void,
    onError: (error: CodedError) => void,
  ) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const paths: string[] = [];
    let before = 0;
    for (const [i, file] of files.entries()) {
      const tell = (received: number) => {
        if (own.signal.aborted) return;
        setCurrent({
          name: file.name,
          place: i + 1,
          files: files.length,
          received: before + received,
          bytes,
        });
      };
      tell(0);
      const outcome = await handOver(client, file, own.signal, tell);
      if (own.signal.aborted) return;
      if (!outcome.ok) {
        setCurrent(null);
        return onError(outcome.error);
      }
      before += file.size;
      paths.push(outcome.value.path);
    }
    setCurrent(null);
    onPaths(paths);
  };
  return {
    current,
    start: (...args) => void start(...args),
    cancel() {
      abort.current?.abort();
      setCurrent(null);
    },
  };
}
