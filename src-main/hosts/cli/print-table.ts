/** An answer as a table for people, or as JSON for programs. */
import { asColumns, asCsv, asMarkdown, type TextTable } from '../../../src-shared/comparison/text-table.ts';
import type { Output } from './output.ts';

export const TABLE_FORMATS = ['text', 'md', 'csv', 'json'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

const WRITERS = { text: asColumns, md: asMarkdown, csv: asCsv } as const;

/** `--json` is for programs that read every command; `json` among the formats is laid out for reading. */
export async function printTable(
  output: Output,
  format: TableFormat,
  document: object,
  table: () => TextTable,
): Promise<void> {
  if (output.json) await output.document(document);
  else if (format === 'json') await output.text(JSON.stringify(document, null, 2));
  else await output.text(WRITERS[format](table()).trimEnd());
}
