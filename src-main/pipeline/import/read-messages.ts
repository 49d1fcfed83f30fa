/** A list of messages in any of the common spellings → messages, or what is wrong with the first bad one. */
import type { JsonValue, Message } from '../../../src-shared/domain/conversation.ts';
import { isAbsent, isObject, type JsonObject, kindOf, unwrapJson } from './json-shapes.ts';
import { readContent } from './read-content.ts';
import { readToolCalls } from './read-tool-calls.ts';
import { type ResolvedRole, type RoleNames, resolveRole } from './roles.ts';

export interface ReadMessages {
  readonly messages: readonly Message[];
  readonly mediaIgnored: boolean;
}

const ROLE_KEYS = ['role', 'from', 'speaker'];
const CONTENT_KEYS = ['content', 'value', 'text', 'parts'];
const REASONING_KEYS = ['reasoning_content', 'thinking', 'reasoning'];
const TRAIN_KEYS = ['train', 'weight', 'loss', 'training'];
/** A pair of turns in one object: `{user: …, assistant: …}`. */
const PAIR_KEYS: readonly (readonly [asked: string, answered: string])[] = [
  ['user', 'assistant'],
  ['human', 'assistant'],
  ['human', 'gpt'],
  ['question', 'answer'],
];

/** `where` names the list in sentences: "Message" gives "Message 2 has no role." */
export function readMessages(
  list: readonly JsonValue[],
  roles: RoleNames,
  where = 'Message',
): ReadMessages | string {
  const messages: Message[] = [];
  let mediaIgnored = false;
  for (const [index, item] of list.entries()) {
    const name = `${where} ${index + 1}`;
    const pair = pairOf(item);
    const entries = pair ?? [item];
    for (const entry of entries) {
      const read = readMessage(entry, roles);
      if (typeof read === 'string') return `${name} ${read}`;
      messages.push(read.message);
      mediaIgnored ||= read.mediaIgnored;
    }
  }
  return { messages, mediaIgnored };
}

/** The role names of a list as they stand in the file; pairs have none. */
export function roleNamesIn(list: readonly JsonValue[]): string[] {
  return list.flatMap(item => {
    if (!isObject(item)) return [];
    const name = firstOf(item, ROLE_KEYS);
    return typeof name === 'string' ? [name] : [];
  });
}

/** A list that could hold messages: objects, or pairs of texts. */
export function isMessageList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value) && value.every(item => isObject(item) || isTextPair(item));
}

function pairOf(item: JsonValue): readonly JsonObject[] | null {
  if (isTextPair(item)) {
    return [
      { role: 'user', content: item[0] },
      { role: 'assistant', content: item[1] },
    ];
  }
  if (!isObject(item) || firstOf(item, ROLE_KEYS) !== undefined) return null;
  const keys = PAIR_KEYS.find(([asked, answered]) => asked in item && answered in item);
  if (!keys) return null;
  const [asked, answered] = keys;
  return [
    { role: 'user', content: item[asked] ?? null },
    { role: 'assistant', content: item[answered] ?? null },
  ];
}

function isTextPair(item: JsonValue): item is readonly [string, string] {
  return Array.isArray(item) && item.length === 2 && item.every(text => typeof text === 'string');
}

/** The message, or the end of a sentence about it. */
function readMessage(
  item: JsonValue,
  roles: RoleNames,
): { message: Message; mediaIgnored: boolean } | string {
  if (!isObject(item)) return `is ${kindOf(item)}, not an object.`;
  const name = firstOf(item, ROLE_KEYS);
  if (typeof name !== 'string') return 'has no role.';
  const resolved = resolveRole(name, roles);
  if (!resolved) return `has the role \`${name}\`, which is not mapped.`;
  const value = item[CONTENT_KEYS.find(key => Object.hasOwn(item, key)) ?? 'content'];
  const details = readDetails(item);
  if (typeof details === 'string') return details;
  if (resolved.toolCall) return toolCallMessage(value, details);
  const calls = ownCalls(item, resolved);
  if (typeof calls === 'string') return calls;
  const content = resolved.role === 'tool' && isObject(value) ? JSON.stringify(value) : value;
  const read = readContent(content);
  if (typeof read === 'string') return read;
  const reasoning = details.reasoning ?? read.reasoning;
  const text = read.text ?? (resolved.role === 'tool' || reasoning !== null ? '' : null);
  if (text === null && calls === null) return `has ${kindOf(value)} as content, not text.`;
  const message: Message = {
    role: resolved.role,
    content: text,
    ...(reasoning !== null ? { reasoning } : {}),
    ...(calls ? { toolCalls: calls } : {}),
    ...details.rest,
  };
  return { message, mediaIgnored: read.mediaIgnored };
}

/** `{from: 'function_call', value: '{"name": …}'}`: an assistant's turn that is the call alone. */
function toolCallMessage(value: JsonValue | undefined, details: Details) {
  const call = unwrapJson(value);
  if (!isObject(call) && !Array.isArray(call)) return 'is a tool call whose content is not JSON.';
  const toolCalls = readToolCalls(call as JsonValue);
  if (typeof toolCalls === 'string') return toolCalls;
  const { reasoning, rest } = details;
  const message: Message = {
    role: 'assistant',
    content: null,
    ...(reasoning !== null ? { reasoning } : {}),
    toolCalls,
    ...rest,
  };
  return { message, mediaIgnored: false };
}

function ownCalls(item: JsonObject, { role }: ResolvedRole) {
  if (role !== 'assistant') return null;
  const value = unwrapJson(item['tool_calls']) ?? unwrapJson(item['function_call']);
  return value === undefined || isAbsent(value) ? null : readToolCalls(value);
}

interface Details {
  readonly reasoning: string | null;
  readonly rest: { name?: string; toolCallId?: string; trained?: boolean };
}

function readDetails(item: JsonObject): Details | string {
  const reasoning = firstOf(item, REASONING_KEYS);
  const flag = firstOf(item, TRAIN_KEYS);
  const trained = flag === undefined ? undefined : trainedBy(flag);
  if (trained === null) return `has the weight ${JSON.stringify(flag)}, which is neither 0 nor 1.`;
  const { name, tool_call_id: callId } = item;
  return {
    reasoning: typeof reasoning === 'string' && reasoning !== '' ? reasoning : null,
    rest: {
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof callId === 'string' ? { toolCallId: callId } : {}),
      ...(trained !== undefined ? { trained } : {}),
    },
  };
}

function trainedBy(flag: JsonValue): boolean | null {
  if (flag === true || flag === 1) return true;
  return flag === false || flag === 0 ? false : null;
}

/** The first of the keys that holds something; null counts as missing, as tables fill gaps with it. */
function firstOf(item: JsonObject, keys: readonly string[]): JsonValue | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(item, key) ? item[key] : undefined;
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}
