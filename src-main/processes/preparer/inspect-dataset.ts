/** What a data file holds: format, rows, columns, roles, and every row that cannot be used, with its line. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import { createRowImporter } from '../../pipeline/import/import-row.ts';
import type { Inspection } from '../../pipeline/job-results.ts';
import type { DatasetKeys } from '../../pipeline/questions.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import type { InspectJob } from '../protocol.ts';
import { DatasetTally } from './dataset-tally.ts';
import { asDataError, planFile } from './read-rows.ts';

const SAMPLE_ROWS = 5;
const ROWS_PER_PROGRESS = 2000;
const DEFAULT_KEYS: DatasetKeys = {
  format: 'auto',
  columns: {},
  roles: {},
  systemPrompt: null,
  systemRole: 'keep',
};

/** Errors: those of `planFile`; a file with bad rows among good ones is no error. */
export async function inspectDataset(job: InspectJob, context: JobContext): Promise<Outcome<Inspection>> {
  const planned = await planFile(job.path, job.keys ?? DEFAULT_KEYS);
  if (!planned.ok) return planned;
  const { file, options, sample } = planned.value;
  const importer = createRowImporter(options);
  const tally = new DatasetTally(planned.value, importer);
  let rows = 0;
  try {
    for await (const read of file.rows(0)) {
      const place = { row: read.row, line: read.line };
      const row: Row = read.ok
        ? importer.importRow(read.value, place)
        : { ...place, kind: 'invalid', findings: [], code: read.code, message: read.message };
      tally.add(row, read.ok ? read.value : undefined);
      rows++;
      if (rows % ROWS_PER_PROGRESS > 0) continue;
      context.reportProgress({ phase: 'reading rows', done: rows, total: null });
      if (await stopRequested(context.signal)) break;
    }
  } catch (error) {
    throw asDataError(job.path, error);
  }
  return ok({ format: options.format, rows, ...tally.results(), sample: sample.slice(0, SAMPLE_ROWS) });
}
