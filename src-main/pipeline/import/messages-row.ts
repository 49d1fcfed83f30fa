/** OpenAI messages and ShareGPT conversations → a conversation. */
import type { Columns } from './column-names.ts';
import { findingsOf, type ImportOptions, invalid, type RowBody } from './import-options.ts';
import { type JsonObject, keysOf, kindOf, unwrapJson } from './json-shapes.ts';
import { readMessages } from './read-messages.ts';
import { buildConversation, cell, readExtras } from './row-extras.ts';

export function messagesRow(row: JsonObject, columns: Columns, options: ImportOptions): RowBody {
  const column = columns.messages ?? 'messages';
  const list = unwrapJson(cell(row, column));
  if (list === undefined)
    return invalid('row.noMessages', `The row has no list \`${column}\`; its keys are ${keysOf(row)}.`);
  if (typeof list === 'string' && /^\s*\[\s*\{\s*'/.test(list))
    return invalid(
      'row.pythonRepr',
      `\`${column}\` is Python, not JSON: single quotes. Write it with json.dumps.`,
    );
  if (!Array.isArray(list))
    return invalid('row.noMessages', `\`${column}\` is ${kindOf(list)}, not a list of messages.`);
  if (list.length === 0) return invalid('row.noMessages', `The list \`${column}\` is empty.`);
  const read = readMessages(list, options.roles);
  if (typeof read === 'string') return invalid('row.message', read);
  const extras = readExtras(row, columns);
  if (typeof extras === 'string') return invalid('row.column', extras);
  return {
    kind: 'conversation',
    findings: findingsOf({ 'data.imageIgnored': read.mediaIgnored || extras.mediaIgnored }),
    conversation: buildConversation(read.messages, extras, options),
  };
}
