/** The rows of a recipe's data files, imported, in order, with every rejected row in its place. */
import { basename } from 'node:path';
import {
  type CodedError,
  CodedException,
  fail,
  type Outcome,
  ok,
  orThrow,
} from '../../../src-shared/contract/coded-error.ts';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import type { DataFile, ReadRow } from '../../adapters/readers/data-file.ts';
import { openDataFile } from '../../adapters/readers/open-data-file.ts';
import { detectFormat } from '../../pipeline/import/detect-format.ts';
import type { ImportOptions, RowFormat } from '../../pipeline/import/import-options.ts';
import { whyNoColumn, whyNotADataset, whyRendered } from '../../pipeline/import/refuse-dataset.ts';
import type { DatasetKeys } from '../../pipeline/questions.ts';
import { importerOf, needsTemplate } from './import-read-row.ts';

/** Rows that decide on a file's format, and lines that are read to find the first of them. */
const SAMPLE_ROWS = 100;
const SAMPLE_LINES = 1000;

export function dataPaths(recipe: Recipe): string[] {
  const { path } = recipe.dataset;
  return typeof path === 'string' ? [path] : path;
}

/** A file that can be imported, and how. */
export interface PlannedFile {
  readonly file: DataFile;
  readonly options: ImportOptions;
  /** The first rows as they stand in the file. */
  readonly sample: readonly unknown[];
}

/**
 * Errors: those of `openDataFile`, `data.notJson`, `data.pythonRepr`, `data.noColumn`, `data.notADataset`. Throws a
 * CodedException: `data.notFound`, `data.damaged`, `data.tooLarge`.
 */
export async function planFile(path: string, keys: DatasetKeys): Promise<Outcome<PlannedFile>> {
  const { columns, roles, systemPrompt, systemRole } = keys;
  try {
    const file = await openDataFile(path, new Set(Object.values(columns)));
    if (!file.ok) return file;
    const { values, failures } = await readSample(file.value);
    const [failure] = failures;
    if (values.length === 0) return fail(failure ? nothingParses(failure) : noRows());
    const missing = whyNoColumn(values, columns);
    if (missing) return fail(missing);
    const detected = keys.format === 'auto' ? detectFormat(values, columns) : keys.format;
    if (!detected) return fail(whyNotADataset(values, columns));
    const rendered = keys.format === 'auto' && detected === 'text' ? whyRendered(values, columns) : null;
    if (rendered) return fail(rendered);
    const formatFixed = keys.format !== 'auto';
    const options = { format: detected, formatFixed, columns, roles, systemPrompt, systemRole };
    return ok({ file: file.value, options, sample: values });
  } catch (error) {
    throw asDataError(path, error);
  }
}

/** The format that asks most of the labeller: one that needs a template, if any file has such. Throws as `planFile` fails. */
export async function detectRecipeFormat(recipe: Recipe): Promise<RowFormat> {
  const formats: RowFormat[] = [];
  for (const path of dataPaths(recipe)) formats.push((await planOrThrow(path, recipe)).options.format);
  return formats.find(needsTemplate) ?? formats.find(format => format === 'text') ?? 'tokenized';
}

/**
 * Rows of the given files; `limit` counts over all of them. `format` is what the labeller was opened for:
 * rows that need a template are invalid where it has none.
 */
export async function* readRows(
  paths: readonly string[],
  format: RowFormat,
  recipe: Recipe,
  limit: number | null,
): AsyncGenerator<Row> {
  let row = 0;
  for (const path of paths) {
    const { file, options } = await planOrThrow(path, recipe);
    const importRow = importerOf(options, format);
    try {
      for await (const read of file.rows(row)) {
        if (limit !== null && read.row >= limit) return;
        row = read.row + 1;
        yield importRow(read);
      }
    } catch (error) {
      throw asDataError(path, error);
    }
  }
}

/** The wanted rows as they stand in the files; reading ends with the last of them. */
export async function readValues(
  paths: readonly string[],
  recipe: Recipe,
  wanted: ReadonlySet<number>,
): Promise<unknown[]> {
  const values: unknown[] = [];
  const last = Math.max(...wanted);
  let row = 0;
  for (const path of paths) {
    const { file } = await planOrThrow(path, recipe);
    for await (const read of file.rows(row)) {
      row = read.row + 1;
      if (read.ok && wanted.has(read.row)) values.push(read.value);
      if (read.row >= last) return values;
    }
  }
  return values;
}

/** Throws what `planFile` fails with; of several files, the cause names the one. */
export async function planOrThrow(path: string, recipe: Recipe): Promise<PlannedFile> {
  const planned = await planFile(path, recipe.dataset);
  if (planned.ok || dataPaths(recipe).length === 1) return orThrow(planned);
  const { error } = planned;
  throw new CodedException({ ...error, cause: `${basename(path)}: ${error.cause}` });
}

async function readSample(file: DataFile) {
  const values: unknown[] = [];
  const failures: Extract<ReadRow, { ok: false }>[] = [];
  let lines = 0;
  for await (const read of file.rows(0)) {
    if (read.ok) values.push(read.value);
    else failures.push(read);
    lines++;
    if (lines >= (values.length > 0 ? SAMPLE_ROWS : SAMPLE_LINES)) break;
  }
  return { values, failures };
}

function nothingParses({ code, line, message }: Extract<ReadRow, { ok: false }>): CodedError {
  const python = code === 'row.pythonRepr';
  return {
    code: python ? 'data.pythonRepr' : 'data.notJson',
    title: python ? 'The file is Python, not JSON.' : 'No row of the file can be read.',
    cause: `Line ${line}: ${message}`,
    remedy: python
      ? 'Write the rows with json.dumps instead of str or print.'
      : 'Mend the file or export it again.',
  };
}

function noRows(): CodedError {
  return {
    code: 'data.empty',
    title: 'The data file has no rows.',
    cause: 'There is nothing in it but white space, brackets or a header.',
    remedy: 'Check that the export or download has finished.',
  };
}

/** A file system error as a coded one; anything else as it is. */
export function asDataError(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return error;
  return new CodedException({
    code: 'data.notFound',
    title: 'The data file cannot be read.',
    cause: code === 'ENOENT' ? `There is no ${path}.` : `${path}: ${(error as Error).message}`,
    remedy: 'Check dataset.path.',
  });
}
