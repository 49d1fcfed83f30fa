/** A parsed row of a data file → a conversation or tokenized ids, or the reason why it is neither. */
import type { Message, Role, Row, RowPlace } from '../../src-shared/domain/conversation.ts';
import { ROLES } from '../../src-shared/domain/conversation.ts';
import { IGNORE_INDEX } from '../../src-shared/domain/labels.ts';

export type RowFormat = 'messages' | 'tokenized';

export interface ConvertOptions {
  readonly format: RowFormat;
  /** The recipe's own role names; they win over the common ones. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly systemPrompt: string | null;
  readonly systemRole: 'keep' | 'merge';
}

/** Names that other tools use for the same speakers. */
const COMMON_ROLES: Readonly<Record<string, Role>> = {
  human: 'user',
  gpt: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  chatgpt: 'assistant',
};

/** What the first rows say about the file's format; null where they fit none that can be read. */
export function detectFormat(rows: readonly unknown[]): RowFormat | null {
  for (const row of rows) {
    if (!isRecord(row)) continue;
    if (Array.isArray(row['messages'])) return 'messages';
    if (Array.isArray(row['input_ids'])) return 'tokenized';
  }
  return null;
}

export function convertRow(value: unknown, place: RowPlace, options: ConvertOptions): Row {
  if (!isRecord(value))
    return invalid(place, 'row.notAnObject', `The row is ${kindOf(value)}, not an object.`);
  return options.format === 'tokenized' ? tokenizedRow(value, place) : conversationRow(value, place, options);
}

function conversationRow(value: Record<string, unknown>, place: RowPlace, options: ConvertOptions): Row {
  const list = value['messages'];
  if (!Array.isArray(list)) {
    return invalid(
      place,
      'row.noMessages',
      `The row has no list \`messages\`; its keys are ${keysOf(value)}.`,
    );
  }
  if (list.length === 0) return invalid(place, 'row.noMessages', 'The list `messages` is empty.');
  const messages: Message[] = [];
  for (const [index, item] of list.entries()) {
    const message = readMessage(item, index, options.roles);
    if (typeof message === 'string') return invalid(place, 'row.message', message);
    messages.push(message);
  }
  return { ...place, kind: 'conversation', conversation: { messages: arrangeSystem(messages, options) } };
}

/** The message, or what is wrong with it in one sentence. */
function readMessage(item: unknown, index: number, roles: Readonly<Record<string, Role>>): Message | string {
  const where = `Message ${index + 1}`;
  if (!isRecord(item)) return `${where} is ${kindOf(item)}, not an object.`;
  const name = item['role'];
  if (typeof name !== 'string') return `${where} has no role.`;
  const role = roleOf(name, roles);
  if (!role) return `${where} has the role \`${name}\`, which is not mapped.`;
  const content = item['content'];
  if (typeof content !== 'string') return `${where} has ${kindOf(content)} as content, not text.`;
  return { role, content };
}

function roleOf(name: string, roles: Readonly<Record<string, Role>>): Role | null {
  if (Object.hasOwn(roles, name)) return roles[name] ?? null;
  if (ROLES.includes(name as Role)) return name as Role;
  return Object.hasOwn(COMMON_ROLES, name) ? (COMMON_ROLES[name] ?? null) : null;
}

/** Adds the default system prompt, and merges system messages into the next user message if asked. */
function arrangeSystem(messages: readonly Message[], options: ConvertOptions): Message[] {
  const hasSystem = messages.some(message => message.role === 'system');
  const all: Message[] =
    options.systemPrompt !== null && !hasSystem
      ? [{ role: 'system', content: options.systemPrompt }, ...messages]
      : [...messages];
  if (options.systemRole === 'keep') return all;
  const merged: Message[] = [];
  let pending: string[] = [];
  for (const message of all) {
    if (message.role === 'system') {
      pending.push(message.content);
    } else if (message.role === 'user' && pending.length > 0) {
      merged.push({ role: 'user', content: [...pending, message.content].join('\n\n') });
      pending = [];
    } else {
      merged.push(message);
    }
  }
  return merged;
}

function tokenizedRow(value: Record<string, unknown>, place: RowPlace): Row {
  const inputIds = value['input_ids'];
  const labels = value['labels'];
  if (!isIntegerList(inputIds))
    return invalid(place, 'row.noIds', '`input_ids` is no list of whole numbers.');
  if (!isIntegerList(labels)) return invalid(place, 'row.noLabels', '`labels` is no list of whole numbers.');
  if (inputIds.length !== labels.length) {
    return invalid(
      place,
      'row.lengths',
      `\`input_ids\` has ${inputIds.length} entries, \`labels\` ${labels.length}.`,
    );
  }
  const wrong = labels.findIndex((label, i) => label !== IGNORE_INDEX && label !== inputIds[i]);
  if (wrong >= 0) {
    return invalid(
      place,
      'row.labelMismatch',
      `Label ${wrong} is ${labels[wrong]}, where the input id is ${inputIds[wrong]}; labels are unshifted.`,
    );
  }
  return { ...place, kind: 'tokenized', inputIds, labels };
}

function invalid(place: RowPlace, code: string, message: string): Row {
  return { ...place, kind: 'invalid', code, message };
}

function isIntegerList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(entry => Number.isInteger(entry) && Math.abs(entry) < 2 ** 31);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keysOf(value: Record<string, unknown>): string {
  return Object.keys(value).slice(0, 8).join(', ') || 'none';
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}
