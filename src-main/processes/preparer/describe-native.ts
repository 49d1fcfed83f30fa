/** Says which native build this is and which devices it sees. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { loadAddon } from '../../adapters/native/addon.ts';
import type { JobContext } from '../child-channel.ts';
import type { DescribeResult } from '../protocol.ts';

export async function describeNative(context: JobContext): Promise<Outcome<DescribeResult>> {
  const addon = loadAddon(context.nativeDirectory);
  if (!addon.ok) return addon;
  return ok({ version: addon.value.version(), devices: addon.value.devices() });
}
