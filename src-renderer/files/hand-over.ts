/** Hands a file to the backend, which has no other way to it: a browser does not tell where a file lies. */
import type { CodedError, Outcome } from '../../src-shared/contract/coded-error.ts';
import { fail } from '../../src-shared/contract/coded-error.ts';
import { PART_BYTES } from '../../src-shared/domain/dropped-file.ts';
import type { BackendClient } from '../backend-client/client.ts';
import { wizardStrings } from '../strings/wizard.ts';

/** Gives the path of its copy in the data folder. Aborting removes what has been taken over. */
export async function handOver(
  client: BackendClient,
  file: File,
  signal: AbortSignal,
  onProgress: (received: number) => void,
): Promise<Outcome<{ path: string }>> {
  const begun = await client.call('dropped.begin', { name: file.name, bytes: file.size }, { signal });
  if (!begun.ok) return begun;
  const { id } = begun.value;
  const failure = await sendParts(client, file, id, signal, onProgress);
  if (failure === null && !signal.aborted) return await client.call('dropped.keep', { id });
  await client.call('dropped.abandon', { id });
  return fail(failure ?? wizardStrings.intake.cancelled);
}

async function sendParts(
  client: BackendClient,
  file: File,
  id: string,
  signal: AbortSignal,
  onProgress: (received: number) => void,
): Promise<CodedError | null> {
  for (let at = 0; at < file.size && !signal.aborted; at += PART_BYTES) {
    const part = await readPart(file, at);
    if (part === null) return wizardStrings.intake.unreadable(file.name);
    const sent = await client.call('dropped.part', { id, at, part }, { signal });
    if (!sent.ok) return sent.error;
    onProgress(sent.value.received);
  }
  return null;
}

/** Null where the file was moved, changed or is a folder. */
async function readPart(file: File, at: number): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer());
  } catch {
    return null;
  }
}
