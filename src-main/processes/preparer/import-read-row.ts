/** What a reader gives → an imported row, or the reason why it is none. */
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { ReadRow } from '../../adapters/readers/data-file.ts';
import { exampleKind } from '../../pipeline/import/detect-format.ts';
import type { ImportOptions, RowFormat } from '../../pipeline/import/import-options.ts';
import { createRowImporter } from '../../pipeline/import/import-row.ts';

/**
 * The import of one file's rows. `format` is what the labeller was opened for: rows that need a template
 * are invalid where it has none.
 */
export function importerOf(options: ImportOptions, format: RowFormat): (read: ReadRow) => Row {
  const importer = createRowImporter(options);
  const fits = needsTemplate(format) || !needsTemplate(options.format);
  return read => {
    const place = { row: read.row, line: read.line };
    if (!read.ok) return { ...place, ...unread(read.code, read.message) };
    if (fits) return importer.importRow(read.value, place);
    return { ...place, ...unread('row.otherFormat', `The row is ${options.format}, the data ${format}.`) };
  };
}

function unread(code: string, message: string) {
  return { kind: 'invalid', findings: [], code, message } as const;
}

export function needsTemplate(format: RowFormat): boolean {
  const kind = exampleKind(format);
  return kind === 'conversation' || kind === 'pair';
}
