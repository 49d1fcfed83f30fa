/** The text of a column of a table: numbers as they are written, nothing where the cell is empty. */
import type { JsonObject } from './json-shapes.ts';
import { isAbsent, kindOf } from './json-shapes.ts';
import { cell } from './row-extras.ts';

export type ColumnText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** `part` names what is missing: "The row has no completion: the column `answer` is empty." */
export function columnText(row: JsonObject, column: string | undefined, part: string): ColumnText {
  if (column === undefined) return { ok: false, message: `The row has no column for its ${part}.` };
  const value = cell(row, column);
  if (value === undefined) return { ok: false, message: `The row has no column \`${column}\`.` };
  if (isAbsent(value)) return { ok: false, message: `The row has no ${part}: \`${column}\` is empty.` };
  if (typeof value === 'string') return { ok: true, text: value };
  if (typeof value === 'number') return { ok: true, text: String(value) };
  return { ok: false, message: `\`${column}\` is ${kindOf(value)}, not text.` };
}

/** Like `columnText`, where the column may be missing or empty. */
export function optionalText(row: JsonObject, column: string | undefined, part: string): ColumnText {
  return isAbsent(cell(row, column)) ? { ok: true, text: '' } : columnText(row, column, part);
}
