/** A text column → a text that is trained whole. */
import type { Columns } from './column-names.ts';
import { columnText } from './column-texts.ts';
import { invalid, type RowBody } from './import-options.ts';
import type { JsonObject } from './json-shapes.ts';

export function textRow(row: JsonObject, columns: Columns): RowBody {
  const text = columnText(row, columns.text ?? 'text', 'text');
  return text.ok ? { kind: 'text', findings: [], text: text.text } : invalid('row.empty', text.message);
}
