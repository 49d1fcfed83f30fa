/** Rows of one file → labelled rows: what every thread does. */
import { parseRow } from '../../adapters/readers/parse-json.ts';
import { contentKey } from '../../pipeline/duplicates/content-key.ts';
import type { LabelledRow } from '../../pipeline/duplicates/split-dataset.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import { type LabelOptions, labelRow } from '../../pipeline/label-row.ts';
import { importerOf } from './import-read-row.ts';
import type { RowBatch } from './read-batches.ts';

export type BatchLabeller = (batch: RowBatch) => Generator<LabelledRow>;

/** `format` is what the labelling was opened for. */
export function createBatchLabeller(format: RowFormat, labelling: LabelOptions): BatchLabeller {
  let known = '';
  let importRow: ReturnType<typeof importerOf> | null = null;
  return function* ({ options, rows }) {
    const wanted = JSON.stringify(options);
    if (importRow === null || wanted !== known) importRow = importerOf(options, format);
    known = wanted;
    for (const raw of rows) {
      const row = importRow(parseRow(raw));
      yield { row: row.row, key: contentKey(row), examples: labelRow(row, labelling) };
    }
  };
}
