/** What data files hold: format, rows, columns, roles, and every row that cannot be used, with its line. */
import { basename } from 'node:path';
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import { createRowImporter } from '../../pipeline/import/import-row.ts';
import type { Inspection } from '../../pipeline/job-results.ts';
import type { DatasetKeys } from '../../pipeline/questions.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import type { InspectJob } from '../protocol.ts';
import { DatasetTally } from './dataset-tally.ts';
import { asDataError, type PlannedFile, planFile } from './read-rows.ts';

const SAMPLE_ROWS = 5;
const ROWS_PER_PROGRESS = 2000;
const DEFAULT_KEYS: DatasetKeys = {
  format: 'auto',
  columns: {},
  roles: {},
  systemPrompt: null,
  systemRole: 'keep',
};

/**
 * Rows are counted through all files; format, mapping and sample are those of the first. Errors: those of `planFile`,
 * whose cause names the file where there are several; a file with bad rows among good ones is no error.
 */
export async function inspectDataset(job: InspectJob, context: JobContext): Promise<Outcome<Inspection>> {
  const files: { path: string; rows: number }[] = [];
  let first: { readonly plan: PlannedFile; readonly tally: DatasetTally } | null = null;
  let rows = 0;
  for (const path of job.paths) {
    const planned = await planFile(path, job.keys ?? DEFAULT_KEYS);
    if (!planned.ok) {
      const { error } = planned;
      return job.paths.length === 1
        ? planned
        : fail({ ...error, cause: `${basename(path)}: ${error.cause}` });
    }
    const { file, options } = planned.value;
    const importer = createRowImporter(options);
    first ??= { plan: planned.value, tally: new DatasetTally() };
    first.tally.begin(planned.value, importer);
    const before = rows;
    try {
      for await (const read of file.rows(before)) {
        const place = { row: read.row, line: read.line };
        const row: Row = read.ok
          ? importer.importRow(read.value, place)
          : { ...place, kind: 'invalid', findings: [], code: read.code, message: read.message };
        first.tally.add(row, read.ok ? read.value : undefined);
        rows++;
        if (rows % ROWS_PER_PROGRESS > 0) continue;
        context.reportProgress({ phase: 'reading rows', done: rows, total: null });
        if (await stopRequested(context.signal)) break;
      }
    } catch (error) {
      throw asDataError(path, error);
    }
    files.push({ path, rows: rows - before });
    if (context.signal.aborted) break;
  }
  if (!first) throw new Error('An inspection needs a file.');
  const { plan, tally } = first;
  return ok({
    format: plan.options.format,
    rows,
    files,
    ...tally.results(),
    sample: plan.sample.slice(0, SAMPLE_ROWS),
  });
}
