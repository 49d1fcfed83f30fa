/** What the rows of a file look like: the format of one row, and of a file by its first rows. */
import type { JsonValue } from '../../../src-shared/domain/conversation.ts';
import { type Columns, guessColumns } from './column-names.ts';
import type { RowFormat } from './import-options.ts';
import { isObject, type JsonObject, unwrapJson } from './json-shapes.ts';
import { hasPreference } from './preference-row.ts';
import { isMessageList } from './read-messages.ts';
import { cell } from './row-extras.ts';

/** Null where the row fits none. `columns` are those of this row. */
export function formatOf(row: JsonObject, columns: Columns): RowFormat | null {
  const has = (column: string | undefined) => column !== undefined && Object.hasOwn(row, column);
  if (has(columns.inputIds)) return 'tokenized';
  const chat = unwrapJson(cell(row, columns.messages));
  const isChat = isMessageList(chat) && chat.length > 0;
  if (hasPreference(row, columns) && !isChat) return 'alpaca';
  if (isChat) return chatFormat(columns);
  if (has(columns.prompt) && has(columns.completion)) {
    const literal =
      columns.prompt?.toLowerCase() === 'prompt' && columns.completion?.toLowerCase() === 'completion';
    return literal ? 'prompt-completion' : 'alpaca';
  }
  if (has(columns.text)) return isSingleMessage(row) ? null : 'text';
  if (columns.completion?.toLowerCase() === 'completion' && has(columns.completion))
    return 'prompt-completion';
  // A list that is empty or no list is still a bad row of this format, not an unknown one.
  return ['messages', 'conversations'].includes(columns.messages ?? '') ? chatFormat(columns) : null;
}

/** `{role, content}` is a part of a conversation, whose other parts are other rows. */
export function isSingleMessage(row: JsonObject): boolean {
  return (
    (typeof row['role'] === 'string' || typeof row['from'] === 'string') &&
    (row['content'] !== undefined || row['value'] !== undefined)
  );
}

/** The row as an object: a list of messages alone is one without its name. */
export function asRow(value: unknown): JsonObject | null {
  if (isObject(value)) return value;
  const list = value as JsonValue;
  return isMessageList(list) && list.length > 0 && list.every(item => isObject(item) && isSingleMessage(item))
    ? { messages: list }
    : null;
}

function chatFormat({ messages }: Columns): RowFormat {
  return messages?.toLowerCase() === 'messages' ? 'messages' : 'sharegpt';
}

/** The format of most rows; among equals the one that comes first. Null where none fits. */
export function detectFormat(values: readonly unknown[], given: Columns): RowFormat | null {
  const counts = new Map<RowFormat, number>();
  for (const value of values) {
    const row = asRow(value);
    const format = row && formatOf(row, guessColumns(Object.keys(row), given));
    if (format) counts.set(format, (counts.get(format) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? null;
}

/** What a row becomes: formats of one kind may stand in one file. */
export function exampleKind(format: RowFormat): 'conversation' | 'pair' | 'text' | 'tokenized' {
  if (format === 'prompt-completion') return 'pair';
  return format === 'text' || format === 'tokenized' ? format : 'conversation';
}
