/** Instruction and answer columns → a conversation; so are question/answer and their like. */
import type { JsonValue, Message } from '../../../src-shared/domain/conversation.ts';
import type { Columns } from './column-names.ts';
import { columnText, optionalText } from './column-texts.ts';
import { findingsOf, type ImportOptions, invalid, type RowBody } from './import-options.ts';
import { isAbsent, isObject, type JsonObject, unwrapJson } from './json-shapes.ts';
import { isMessageList, readMessages } from './read-messages.ts';
import { buildConversation, cell, readExtras } from './row-extras.ts';

/** `{instruction: a, input: b, output: c}` → user "a\nb", assistant "c", with `history` and `system` before. */
export function alpacaRow(row: JsonObject, columns: Columns, options: ImportOptions): RowBody {
  const prompt = promptMessages(row, columns, options);
  if (typeof prompt === 'string') return invalid('row.empty', prompt);
  const answer = answerMessages(row, columns, options);
  if (typeof answer === 'string') return invalid('row.noAnswer', answer);
  const extras = readExtras(row, columns);
  if (typeof extras === 'string') return invalid('row.column', extras);
  return {
    kind: 'conversation',
    findings: findingsOf({ 'data.imageIgnored': extras.mediaIgnored, 'data.preference': answer.preference }),
    conversation: buildConversation([...prompt, ...answer.messages], extras, options),
  };
}

/** The text of instruction and input, one below the other; either may be empty, not both. */
export function instructionText(row: JsonObject, columns: Columns) {
  const instruction = optionalText(row, columns.prompt, 'prompt');
  if (!instruction.ok) return instruction;
  const input = optionalText(row, columns.input, 'input');
  if (!input.ok) return input;
  const text = [instruction.text, input.text].filter(part => part !== '').join('\n');
  return text === '' ? columnText(row, columns.prompt, 'prompt') : ({ ok: true, text } as const);
}

/** The turns before the answer, or what is wrong with them. */
export function promptMessages(
  row: JsonObject,
  columns: Columns,
  options: ImportOptions,
): readonly Message[] | string {
  const value = unwrapJson(cell(row, columns.prompt));
  const list = isObject(value) ? value['messages'] : value;
  if (isMessageList(list) && list.length > 0) {
    const read = readMessages(list, options.roles, 'Prompt message');
    return typeof read === 'string' ? read : read.messages;
  }
  const text = instructionText(row, columns);
  if (!text.ok) return text.message;
  const history = historyMessages(unwrapJson(cell(row, columns.history)));
  if (!history) return `\`${columns.history}\` is no list of question and answer pairs.`;
  return [...history, { role: 'user', content: text.text }];
}

function historyMessages(value: JsonValue | undefined): readonly Message[] | null {
  if (isAbsent(value)) return [];
  if (!isMessageList(value)) return null;
  const read = readMessages(value, {});
  return typeof read === 'string' ? null : read.messages;
}

/** A list of answers is ranked, best first: only the first is used, and the row says so. */
function answerMessages(row: JsonObject, columns: Columns, options: ImportOptions) {
  const value = unwrapJson(cell(row, columns.completion));
  if (isMessageList(value) && value.length > 0) {
    const read = readMessages(value, options.roles, 'Answer message');
    return typeof read === 'string' ? read : { messages: read.messages, preference: false };
  }
  const ranked = Array.isArray(value) && value.length > 1 && value.every(entry => typeof entry === 'string');
  const source = ranked && columns.completion ? { [columns.completion]: value[0] as string } : row;
  const answer = columnText(source, columns.completion, 'answer');
  if (!answer.ok) return answer.message;
  const messages: readonly Message[] = [{ role: 'assistant', content: answer.text }];
  return { messages, preference: ranked };
}
