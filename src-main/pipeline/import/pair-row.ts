/** Prompt and completion columns → a pair of texts, or of message lists. */
import type { Message } from '../../../src-shared/domain/conversation.ts';
import { instructionText } from './alpaca-row.ts';
import type { Columns } from './column-names.ts';
import { columnText } from './column-texts.ts';
import { findingsOf, type ImportOptions, invalid, type RowBody } from './import-options.ts';
import { isAbsent, type JsonObject, unwrapJson } from './json-shapes.ts';
import { isMessageList, readMessages } from './read-messages.ts';
import { buildConversation, cell, readExtras } from './row-extras.ts';

/**
 * Texts are taken to the letter: an empty completion trains the end alone, an empty prompt the completion
 * from its first token; preflight says so. A cell that is missing is no text. A file without any prompt
 * column trains completions alone.
 */
export function pairRow(row: JsonObject, columns: Columns, options: ImportOptions): RowBody {
  const lists = [columns.prompt, columns.completion].map(column => unwrapJson(cell(row, column)));
  if (lists.some(list => isMessageList(list) && list.length > 0))
    return messagePairRow(row, columns, options);
  const completion = textOf(row, columns.completion) ?? columnText(row, columns.completion, 'completion');
  if (!completion.ok) return invalid('row.noAnswer', completion.message);
  const alone = columns.prompt === undefined && columns.input === undefined;
  const prompt = alone ? NOTHING : (emptyPrompt(row, columns) ?? instructionText(row, columns));
  if (!prompt.ok) return invalid('row.empty', prompt.message);
  if (prompt.text === '' && completion.text === '')
    return invalid('row.empty', 'Prompt and completion are empty.');
  return { kind: 'pair', findings: [], prompt: prompt.text, completion: completion.text };
}

const NOTHING = { ok: true, text: '' } as const;

function textOf(row: JsonObject, column: string | undefined): { ok: true; text: string } | null {
  const value = cell(row, column);
  return typeof value === 'string' ? { ok: true, text: value } : null;
}

function emptyPrompt(row: JsonObject, columns: Columns): typeof NOTHING | null {
  const hasInput = columns.input !== undefined && !isAbsent(cell(row, columns.input));
  return !hasInput && textOf(row, columns.prompt)?.text === '' ? NOTHING : null;
}

function messagePairRow(row: JsonObject, columns: Columns, options: ImportOptions): RowBody {
  const prompt = sideMessages(row, columns.prompt, 'user', options);
  if (typeof prompt === 'string') return invalid('row.message', prompt);
  const completion = sideMessages(row, columns.completion, 'assistant', options);
  if (typeof completion === 'string') return invalid('row.message', completion);
  const extras = readExtras(row, columns);
  if (typeof extras === 'string') return invalid('row.column', extras);
  const mediaIgnored = prompt.mediaIgnored || completion.mediaIgnored || extras.mediaIgnored;
  return {
    kind: 'message-pair',
    findings: findingsOf({ 'data.imageIgnored': mediaIgnored }),
    prompt: buildConversation(prompt.messages, extras, options),
    completion: completion.messages,
  };
}

/** A list of messages, or a text that is one message of its side. */
function sideMessages(
  row: JsonObject,
  column: string | undefined,
  role: 'user' | 'assistant',
  options: ImportOptions,
) {
  const part = role === 'user' ? 'prompt' : 'completion';
  const list = unwrapJson(cell(row, column));
  if (isMessageList(list) && list.length > 0)
    return readMessages(list, options.roles, role === 'user' ? 'Prompt message' : 'Completion message');
  const text = columnText(row, column, part);
  if (!text.ok) return text.message;
  const messages: readonly Message[] = [{ role, content: text.text }];
  return { messages, mediaIgnored: false };
}
