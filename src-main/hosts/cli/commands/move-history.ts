/** `luthier runs export` and `import`: the history for other programs, and runs of other data folders. */
import { orThrow } from '../../../../src-shared/contract/coded-error.ts';
import type { HistoryFormat } from '../../../../src-shared/domain/history-export.ts';
import { exportHistory } from '../../../backend/history/export-history.ts';
import { importRuns } from '../../../backend/history/import-runs.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveRunId } from './runs.ts';

export interface ExportHistoryArguments {
  readonly format: HistoryFormat;
  readonly output: string;
  readonly force?: boolean;
}

/** Without names, all runs. */
export async function exportHistoryCommand(
  { parts, output, signal, at }: CommandContext,
  runs: readonly string[],
  given: ExportHistoryArguments,
): Promise<ExitCode> {
  const report = orThrow(
    await exportHistory(
      parts,
      {
        ids: runs.length === 0 ? null : runs.map(run => resolveRunId(parts, run)),
        format: given.format,
        output: at(given.output),
        force: given.force === true,
      },
      { signal, onProgress: output.progress },
    ),
  );
  if (output.json) await output.document(report);
  for (const { path, rows, bytes } of report.files)
    await output.text(`${path}  ${rows} rows  ${bytes} bytes`);
  return EXIT.done;
}

export async function importCommand(
  { parts, output, signal, at }: CommandContext,
  path: string,
): Promise<ExitCode> {
  const report = orThrow(await importRuns(parts, at(path), { signal, onProgress: output.progress }));
  if (output.json) await output.document(report);
  const { imported, known, problems } = report;
  for (const { id, name, steps } of imported) await output.text(`${id}  ${steps} steps  ${name}`);
  for (const { path: place, reason } of problems) process.stderr.write(`${place}: ${reason}\n`);
  await output.text(
    [
      `Imported ${imported.length === 1 ? '1 run' : `${imported.length} runs`}.`,
      ...(known === 0 ? [] : [`${known} were in the history already and stay as they are.`]),
    ].join(' '),
  );
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}
