/** `luthier runs erase`: removes deleted runs for good, once that was confirmed by `--yes`. */
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { eraseRuns, lookBeforeErasing } from '../../../backend/history/erase-runs.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readableSize } from '../readable-size.ts';
import { resolveDeletedRunId } from './runs.ts';

export interface EraseArguments {
  readonly yes?: boolean;
}

export async function eraseCommand(
  { parts, output, signal }: CommandContext,
  given: readonly string[],
  { yes = false }: EraseArguments,
): Promise<ExitCode> {
  const ids = given.map(id => resolveDeletedRunId(parts, id));
  if (!yes) {
    const { runs } = orThrow(await lookBeforeErasing(parts, ids, signal));
    const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
    throw new CodedException({
      code: 'erase.notConfirmed',
      title: 'Nothing was erased.',
      cause: [
        `These runs would be gone for good, with their steps, notes and ${readableSize(bytes)} of files:`,
        ...runs.map(run => `  ${run.id}  ${readableSize(run.bytes)}  ${run.name}`),
      ].join('\n'),
      remedy:
        'Say --yes to erase them. There is no way back; `luthier runs restore` brings a deleted run back.',
      details: { runs },
    });
  }
  const result = orThrow(await eraseRuns(parts, ids, { signal, onProgress: output.progress }));
  if (output.json) await output.document(result);
  for (const id of result.erased) await output.text(`erased  ${id}`);
  for (const { id, reason } of result.kept) process.stderr.write(`kept    ${id}  ${reason}\n`);
  await output.text(`Freed ${readableSize(result.freedBytes)}.`);
  if (signal.aborted) return EXIT.interrupted;
  return result.kept.length === 0 ? EXIT.done : EXIT.failed;
}
