/** The rows of a recipe's data files, converted, in order, with every rejected row in its place. */

import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';
import { type ParsedLine, readJsonLines } from '../../adapters/readers/jsonl-reader.ts';
import { convertRow, detectFormat, type RowFormat } from '../../pipeline/convert-row.ts';

const ROWS_FOR_DETECTION = 100;

export function dataPaths(recipe: Recipe): string[] {
  const { path } = recipe.dataset;
  return typeof path === 'string' ? [path] : path;
}

/** Throws a CodedException: `data.notFound`, `data.unknownFormat`. */
export async function detectRecipeFormat(recipe: Recipe): Promise<RowFormat> {
  const { format } = recipe.dataset;
  if (format === 'messages' || format === 'tokenized') return format;
  const values: unknown[] = [];
  for await (const line of readLinesOf(dataPaths(recipe), null)) {
    if (line.ok) values.push(line.value);
    if (values.length >= ROWS_FOR_DETECTION) break;
  }
  const found = detectFormat(values);
  if (found || values.length === 0) return found ?? 'messages';
  throw new CodedException({
    code: 'data.unknownFormat',
    title: 'The data is in no format that can be read here.',
    cause: `The first rows have neither \`messages\` nor \`input_ids\` and \`labels\`; their keys are ${keysOf(values[0])}.`,
    remedy: 'Give each row a list `messages` with role and content.',
  });
}

/** Rows of the given files; `limit` counts over all of them. */
export async function* readRows(
  paths: readonly string[],
  format: RowFormat,
  recipe: Recipe,
  limit: number | null,
): AsyncGenerator<Row> {
  const { roles, systemPrompt, systemRole } = recipe.dataset;
  for await (const line of readLinesOf(paths, limit)) {
    const place = { row: line.row, line: line.line };
    yield line.ok
      ? convertRow(line.value, place, { format, roles, systemPrompt, systemRole })
      : { ...place, kind: 'invalid', code: 'row.notJson', message: line.message };
  }
}

async function* readLinesOf(paths: readonly string[], limit: number | null): AsyncGenerator<ParsedLine> {
  let row = 0;
  for (const path of paths) {
    try {
      for await (const line of readJsonLines(path, row)) {
        if (limit !== null && line.row >= limit) return;
        row = line.row + 1;
        yield line;
      }
    } catch (error) {
      throw asDataError(path, error);
    }
  }
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

function keysOf(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? Object.keys(value).slice(0, 8).join(', ') || 'none'
    : 'none';
}
