/** One file that is being handed over to the backend: how far it is, and the way to cancel it. */
import { useEffect, useRef, useState } from 'react';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { handOver } from '../../files/hand-over.ts';

export interface HandOver {
  readonly name: string;
  readonly received: number;
  readonly bytes: number;
}

/** A newer file takes the place of the one under way. Leaving the page cancels. */
export function useHandOver(): {
  readonly current: HandOver | null;
  start(file: File, onPath: (path: string) => void, onError: (error: CodedError) => void): void;
  cancel(): void;
} {
  const client = useBackend();
  const [current, setCurrent] = useState<HandOver | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const start = async (file: File, onPath: (path: string) => void, onError: (error: CodedError) => void) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    const tell = (received: number) => {
      if (!own.signal.aborted) setCurrent({ name: file.name, received, bytes: file.size });
    };
    tell(0);
    const outcome = await handOver(client, file, own.signal, tell);
    if (own.signal.aborted) return;
    setCurrent(null);
    if (outcome.ok) onPath(outcome.value.path);
    else onError(outcome.error);
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
