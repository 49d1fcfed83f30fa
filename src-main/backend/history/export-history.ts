/** The history as files for other programs: tables, or the event files of TensorBoard; aside first, then in place. */

import { basename, dirname, join } from 'node:path';
import { type CodedError, fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { HistoryExportReport, HistoryFormat } from '../../../src-shared/domain/history-export.ts';
import { ALL_RUNS } from '../../../src-shared/domain/run-list.ts';
import type { BackendParts } from '../backend-parts.ts';
import { fileStemOf } from '../export/export-name.ts';
import { checkTarget, stageExport } from '../export/staged-export.ts';
import type { TableFormat, WorkOptions, WrittenTable } from '../ports.ts';
import { historyTables } from './history-tables.ts';
import { stepPages } from './step-pages.ts';

export interface HistoryExport {
  /** Null: all runs. */
  readonly ids: readonly string[] | null;
  readonly format: HistoryFormat;
  /** A folder that is made. */
  readonly output: string;
  readonly force: boolean;
}

type ExportParts = Pick<BackendParts, 'home' | 'store' | 'historyWriter'>;

/** Errors: `export.noFolder`, `export.exists`, `export.noRuns`, `file.writeFailed`, `job.cancelled`. */
export async function exportHistory(
  parts: ExportParts,
  { ids, format, output, force }: HistoryExport,
  work: WorkOptions,
): Promise<Outcome<HistoryExportReport>> {
  const wanted = ids ?? parts.store.ids({ ...ALL_RUNS, count: Number.MAX_SAFE_INTEGER });
  if (wanted.length === 0) return fail(noRuns());
  const wrong = checkTarget(output, force);
  if (wrong) return fail(wrong);
  const staged = stageExport(parts.home, dirname(output));
  if (!staged.ok) return staged;
  const { directory, putInPlace, remove } = staged.value;
  const folder = join(directory, basename(output));
  try {
    const written = await (format === 'tensorboard'
      ? writeEvents(parts, wanted, folder, work)
      : writeTables(parts, wanted, folder, format, work));
    if (work.signal.aborted) return fail(cancelled());
    const refused = checkTarget(output, force) ?? putInPlace(basename(output), output);
    if (refused) return fail(refused);
    const files = written.map(file => ({ ...file, path: join(output, file.path) }));
    return ok({ runs: wanted.length, folder: output, files });
  } finally {
    remove();
  }
}

async function writeTables(
  { store, historyWriter }: ExportParts,
  ids: readonly string[],
  folder: string,
  format: TableFormat,
  { signal, onProgress }: WorkOptions,
): Promise<WrittenTable[]> {
  const files: WrittenTable[] = [];
  for (const table of await historyTables(store, ids, signal)) {
    if (signal.aborted) break;
    const onRows = (rows: number) => onProgress?.({ phase: `write ${table.name}`, done: rows, total: null });
    files.push(await historyWriter.table(folder, table, format, { signal, onRows }));
  }
  return files;
}

/** One folder for each run, as TensorBoard shows runs; two of one name are told apart by their ids. */
async function writeEvents(
  { store, historyWriter }: ExportParts,
  ids: readonly string[],
  folder: string,
  { signal, onProgress }: WorkOptions,
): Promise<WrittenTable[]> {
  const files: WrittenTable[] = [];
  for (const [i, id] of ids.entries()) {
    if (signal.aborted) break;
    onProgress?.({ phase: 'write event files', done: i, total: ids.length });
    const run = store.show(id);
    if (!run) continue;
    const name = `${fileStemOf(run.name)}-${run.id}`;
    files.push(
      await historyWriter.events(folder, name, {
        startedMs: Date.parse(run.createdAt),
        steps: stepPages(store, id),
        evaluations: run.evaluations,
      }),
    );
  }
  return files;
}

function noRuns(): CodedError {
  return {
    code: 'export.noRuns',
    title: 'There are no runs to export.',
    cause: 'The history has none, or none that was asked for.',
    remedy: 'Train one first; `luthier demo` makes one.',
  };
}

function cancelled(): CodedError {
  return {
    code: 'job.cancelled',
    title: 'The export was cancelled.',
    cause: 'It was asked to stop.',
    remedy: 'Start it again when you like.',
  };
}
