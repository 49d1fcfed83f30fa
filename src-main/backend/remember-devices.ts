/** The devices of this machine, for a page that asks often: a child process is asked once a minute at most. */
import type { ComputeDevice } from '../../src-shared/domain/device.ts';
import type { BackendParts } from './backend-parts.ts';

const FRESH_FOR_MS = 60_000;

/** Gives no device where the child cannot say; `luthier doctor` tells why. */
export function rememberDevices({
  workers,
  now,
}: Pick<BackendParts, 'workers' | 'now'>): () => Promise<readonly ComputeDevice[]> {
  let asked: { readonly at: number; readonly devices: Promise<readonly ComputeDevice[]> } | null = null;
  return () => {
    const at = now().getTime();
    if (asked === null || at - asked.at > FRESH_FOR_MS) {
      // a page that turns away must not take the answer from the next
      const described = workers.preparer.describe({ signal: new AbortController().signal });
      asked = { at, devices: described.then(native => (native.ok ? native.value.devices : [])) };
    }
    return asked.devices;
  };
}
