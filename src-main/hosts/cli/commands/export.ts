/** `luthier export`: a run's tuned model as files for other programs. */
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import {
  EXPORT_FORMATS,
  type ExportVerification,
  MERGED_TYPES,
} from '../../../../src-shared/domain/export.ts';
import { type ExportReport, exportRun } from '../../../backend/export/export-run.ts';
import { exportTraining } from '../../../backend/export/export-training.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveRunId } from './runs.ts';

export interface ExportArguments {
  readonly format: string;
  readonly output: string;
  readonly quantization: string;
  readonly best?: boolean;
  readonly force?: boolean;
}

export async function exportCommand(
  { parts, output, signal, at }: CommandContext,
  run: string,
  given: ExportArguments,
): Promise<ExitCode> {
  const format = oneOf(EXPORT_FORMATS, given.format, '--format');
  const weightType = oneOf(MERGED_TYPES, given.quantization, '--quantization');
  const request = { run: resolveRunId(parts, run), output: at(given.output), force: given.force === true };
  const work = { signal, onProgress: output.progress };
  const report = orThrow<ExportReport<ExportVerification>>(
    format === 'trl'
      ? await exportTraining(parts, request, work)
      : await exportRun(
          parts,
          { ...request, model: given.best ? 'best' : 'tuned', format, weightType },
          work,
        ),
  );
  if (output.json) await output.document(report);
  await output.text(
    [
      ...report.files.map(({ path, bytes }) => `${path}  ${bytes} bytes`),
      describeVerification(report.verification),
    ].join('\n'),
  );
  return EXIT.done;
}

function describeVerification(verification: ExportVerification): string {
  if (verification.kind === 'labels') {
    const { examples, tokens } = verification;
    return `Verified: ${examples} examples read again, ids and labels of ${tokens} tokens are those of the run.`;
  }
  const { tokens, largestDifference, divergence, sameChoice } = verification;
  const agreement = `on ${tokens} tokens, the likeliest next token is the same on ${Math.round(sameChoice * 100)} %`;
  const distance = `log probabilities within ${largestDifference.toExponential(1)}, divergence ${divergence.toExponential(1)}`;
  return `Verified: loaded again and compared with base and adapter ${agreement} (${distance}).`;
}

/** Upper or lower case. Throws a CodedException. */
function oneOf<T extends string>(known: readonly T[], text: string, option: string): T {
  const found = known.find(name => name.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new CodedException({
    code: 'arguments.invalid',
    title: `${option} is not known.`,
    cause: `${option} is ${text}.`,
    remedy: `Use one of ${known.join(', ')}.`,
  });
}
