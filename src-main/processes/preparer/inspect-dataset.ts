/** What a data file holds: format, rows, roles, and every row that cannot be used, with its line. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import { readJsonLines } from '../../adapters/readers/jsonl-reader.ts';
import { convertRow, detectFormat, type RowFormat } from '../../pipeline/convert-row.ts';
import { type JobContext, stopRequested } from '../child-channel.ts';
import type { DatasetInspection, InspectJob } from '../protocol.ts';
import { asDataError } from './read-rows.ts';

const LISTED_PROBLEMS = 1000;
const SAMPLE_ROWS = 5;
const ROWS_PER_PROGRESS = 2000;

export async function inspectDataset(
  job: InspectJob,
  context: JobContext,
): Promise<Outcome<DatasetInspection>> {
  const format = await detectFileFormat(job.path);
  const columns = new Set<string>();
  const roles = new Map<string, number>();
  const problems: DatasetInspection['problems'][number][] = [];
  const sample: unknown[] = [];
  let problemCount = 0;
  let rows = 0;
  let conversations = 0;
  for await (const line of readJsonLines(job.path, 0)) {
    rows++;
    if (rows % ROWS_PER_PROGRESS === 0) {
      context.reportProgress({ phase: 'reading rows', done: rows, total: null });
      if (await stopRequested(context.signal)) break;
    }
    if (line.ok && sample.length < SAMPLE_ROWS) sample.push(line.value);
    if (line.ok) collectNames(line.value, columns, roles);
    const place = { row: line.row, line: line.line };
    const problem = line.ok
      ? problemOf(line.value, place, format)
      : { code: 'row.notJson', message: line.message };
    if (!problem) {
      conversations++;
      continue;
    }
    problemCount++;
    if (problems.length < LISTED_PROBLEMS) problems.push({ ...place, ...problem });
  }
  return ok({
    format,
    rows,
    conversations,
    columns: [...columns],
    roles: Object.fromEntries(roles),
    problems,
    problemCount,
    sample,
  });
}

async function detectFileFormat(path: string): Promise<RowFormat | null> {
  const values: unknown[] = [];
  try {
    for await (const line of readJsonLines(path, 0)) {
      if (line.ok) values.push(line.value);
      if (values.length >= 100) break;
    }
  } catch (error) {
    throw asDataError(path, error);
  }
  return detectFormat(values);
}

function problemOf(value: unknown, place: { row: number; line: number }, format: RowFormat | null) {
  if (format === null)
    return { code: 'row.unknownFormat', message: 'The row is in no format that can be read here.' };
  const row = convertRow(value, place, { format, roles: {}, systemPrompt: null, systemRole: 'keep' });
  return row.kind === 'invalid' ? { code: row.code, message: row.message } : null;
}

function collectNames(value: unknown, columns: Set<string>, roles: Map<string, number>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const key of Object.keys(value)) if (columns.size < 1000) columns.add(key);
  const { messages } = value as { messages?: unknown };
  if (!Array.isArray(messages)) return;
  for (const message of messages) {
    const role =
      typeof message === 'object' && message !== null ? (message as { role?: unknown }).role : undefined;
    if (typeof role === 'string' && (roles.has(role) || roles.size < 1000))
      roles.set(role, (roles.get(role) ?? 0) + 1);
  }
}
