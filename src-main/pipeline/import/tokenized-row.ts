/** Token ids and labels, taken as they are. */
import type { JsonValue } from '../../../src-shared/domain/conversation.ts';
import { IGNORE_INDEX } from '../../../src-shared/domain/labels.ts';
import type { Columns } from './column-names.ts';
import { invalid, type RowBody } from './import-options.ts';
import { type JsonObject, unwrapJson } from './json-shapes.ts';
import { cell } from './row-extras.ts';

/** Refuses shifted labels: they would train each token to repeat itself. */
export function tokenizedRow(row: JsonObject, columns: Columns): RowBody {
  const [idsName, labelsName] = [columns.inputIds ?? 'input_ids', columns.labels ?? 'labels'];
  const inputIds = unwrapJson(cell(row, idsName));
  const labels = unwrapJson(cell(row, labelsName));
  if (!isIntegerList(inputIds)) return invalid('row.noIds', `\`${idsName}\` is no list of whole numbers.`);
  if (!isIntegerList(labels))
    return invalid('row.noLabels', `\`${labelsName}\` is no list of whole numbers.`);
  if (inputIds.length !== labels.length) {
    return invalid(
      'row.lengths',
      `\`${idsName}\` has ${inputIds.length} entries, \`${labelsName}\` ${labels.length}.`,
    );
  }
  const wrong = labels.findIndex((label, i) => label !== IGNORE_INDEX && label !== inputIds[i]);
  if (wrong >= 0) {
    return invalid(
      'row.labelMismatch',
      `Label ${wrong} is ${labels[wrong]}, where the input id is ${inputIds[wrong]}; labels are unshifted.`,
    );
  }
  return { kind: 'tokenized', findings: [], inputIds, labels };
}

function isIntegerList(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every(entry => Number.isInteger(entry) && Math.abs(entry) < 2 ** 31);
}
