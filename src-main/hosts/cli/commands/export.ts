/** `luthier export`: a run's tuned model as files for other programs. */
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../../../src-shared/domain/export.ts';
import { exportRun } from '../../../backend/export/export-run.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveRunId } from './runs.ts';

export interface ExportArguments {
  readonly format: string;
  readonly output: string;
  readonly best?: boolean;
  readonly force?: boolean;
}

export async function exportCommand(
  { parts, output, signal, at }: CommandContext,
  run: string,
  given: ExportArguments,
): Promise<ExitCode> {
  const report = orThrow(
    await exportRun(
      parts,
      {
        run: resolveRunId(parts, run),
        model: given.best ? 'best' : 'tuned',
        format: formatOf(given.format),
        output: at(given.output),
        force: given.force === true,
      },
      { signal, onProgress: output.progress },
    ),
  );
  if (output.json) await output.document(report);
  const { tokens, largestDifference } = report.verification;
  await output.text(
    [
      ...report.files.map(({ path, bytes }) => `${path}  ${bytes} bytes`),
      `Verified: loaded again, it predicts as base and adapter do on ${tokens} tokens (log probabilities within ${largestDifference.toExponential(1)}).`,
    ].join('\n'),
  );
  return EXIT.done;
}

function formatOf(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find(known => known === text);
  if (format) return format;
  throw new CodedException({
    code: 'arguments.invalid',
    title: 'The format is not known.',
    cause: `--format is ${text}.`,
    remedy: `Use one of ${EXPORT_FORMATS.join(', ')}.`,
  });
}
