/** `luthier runs again`: the recipe of a past run once more, and whether the same adapter came out. */
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { runAgain } from '../../../backend/again/run-again.ts';
import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { resolveRunId } from './runs.ts';
import { exitCodeOfRun, showEvent } from './train.ts';

export interface AgainArguments {
  /** Goes on where a file of the run has changed, or the run was extended. */
  readonly acceptChanges?: boolean;
}

export async function againCommand(
  { parts, output, signal }: CommandContext,
  run: string,
  { acceptChanges = false }: AgainArguments,
): Promise<ExitCode> {
  const accepted = { changes: acceptChanges, extension: acceptChanges };
  const launched = await runAgain(parts, resolveRunId(parts, run), accepted, {
    signal,
    onProgress: output.progress,
    onEvent: event => showEvent(output, event),
  });
  return exitCodeOfRun(await orThrow(launched).finished, signal);
}
