/** Asks for long work and hears how far it is, until it ends or is withdrawn. */
import type { Outcome } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureOutput, StreamEvent } from '../../src-shared/contract/procedures.ts';
import type { BackendClient } from './client.ts';

export type WorkProgress = StreamEvent<'work.progress'>;

/** Those that name their progress by a `workId`. */
export type LongWork =
  | 'disk.clean'
  | 'draft.prepare'
  | 'export.start'
  | 'losses.measure'
  | 'runs.erase'
  | 'runs.export'
  | 'runs.import';

/** After `signal` has aborted, nothing is told any more. Without a `workId` the work gets one of its own. */
export async function callWithProgress<N extends LongWork>(
  client: BackendClient,
  name: N,
  input: Omit<ProcedureInput<N>, 'workId'> & { readonly workId?: string },
  signal: AbortSignal,
  onProgress: (progress: WorkProgress) => void,
): Promise<Outcome<ProcedureOutput<N>>> {
  const { workId = crypto.randomUUID() } = input;
  const unsubscribe = client.subscribe(
    'work.progress',
    { workId },
    { event: progress => !signal.aborted && onProgress(progress) },
  );
  try {
    return await client.call(name, { ...input, workId } as ProcedureInput<N>, { signal });
  } finally {
    unsubscribe();
  }
}
