/** Preference data (chosen and rejected, or answers with a verdict): the good answer only, and said so. */
import type { JsonValue, Message } from '../../../src-shared/domain/conversation.ts';
import { promptMessages } from './alpaca-row.ts';
import type { Columns } from './column-names.ts';
import { findingsOf, type ImportOptions, invalid, type RowBody } from './import-options.ts';
import { isAbsent, isObject, type JsonObject, unwrapJson } from './json-shapes.ts';
import { readMessages } from './read-messages.ts';
import { buildConversation, cell, readExtras } from './row-extras.ts';

export function hasPreference(row: JsonObject, columns: Columns): boolean {
  return !isAbsent(cell(row, columns.chosen)) && cell(row, columns.rejected) !== undefined;
}

/** `{prompt, chosen, rejected}` → prompt and `chosen`; `rejected` is never trained. */
export function preferenceRow(row: JsonObject, columns: Columns, options: ImportOptions): RowBody {
  const chosen = answerOf(unwrapJson(cell(row, columns.chosen)), options);
  if (typeof chosen === 'string') return invalid('row.message', chosen);
  const before = chosen.some(({ role }) => role === 'user') ? [] : contextOf(row, columns, options);
  if (typeof before === 'string') return invalid('row.empty', before);
  const extras = readExtras(row, columns);
  if (typeof extras === 'string') return invalid('row.column', extras);
  return {
    kind: 'conversation',
    findings: findingsOf({ 'data.preference': true, 'data.imageIgnored': extras.mediaIgnored }),
    conversation: buildConversation([...before, ...chosen], extras, options),
  };
}

function answerOf(value: JsonValue | undefined, options: ImportOptions): readonly Message[] | string {
  if (typeof value === 'string') return [{ role: 'assistant', content: value }];
  const list = isObject(value) ? [value] : value;
  if (!Array.isArray(list)) return '`chosen` is neither text nor messages.';
  const read = readMessages(list as readonly JsonValue[], options.roles, 'Chosen message');
  return typeof read === 'string' ? read : read.messages;
}

/** What the answer was given to: the messages before it, or the prompt columns. */
function contextOf(row: JsonObject, columns: Columns, options: ImportOptions): readonly Message[] | string {
  const list = unwrapJson(cell(row, columns.messages));
  if (!Array.isArray(list)) return promptMessages(row, columns, options);
  const read = readMessages(list as readonly JsonValue[], options.roles);
  return typeof read === 'string' ? read : read.messages;
}

/** The verdict on an answer (KTO): true, false, or null where the column is none. */
export function verdictOf(row: JsonObject, columns: Columns): boolean | null {
  const value = cell(row, columns.verdict);
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}
