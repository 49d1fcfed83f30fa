/** Tool calls and tool descriptions in the one form that chat templates read. */
import type { JsonValue, ToolCall } from '../../../src-shared/domain/conversation.ts';
import { isAbsent, isObject, type JsonObject, parseText, unwrapJson } from './json-shapes.ts';

/** `{id, type, function: {name, arguments}}`, `{name, arguments}`, or a list of either; a string says what is wrong. */
export function readToolCalls(value: JsonValue): readonly ToolCall[] | string {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const calls: ToolCall[] = [];
  for (const entry of list) {
    const call = readToolCall(entry);
    if (typeof call === 'string') return call;
    calls.push(call);
  }
  return calls;
}

function readToolCall(entry: JsonValue): ToolCall | string {
  if (!isObject(entry)) return 'has a tool call that is no object.';
  const body = isObject(entry['function']) ? entry['function'] : entry;
  const { name } = body;
  if (typeof name !== 'string' || name === '') return 'has a tool call without a name.';
  const args = readArguments(body);
  if (args === undefined) return `calls \`${name}\` with arguments that are not JSON.`;
  return { id: typeof entry['id'] === 'string' ? entry['id'] : null, name, arguments: args };
}

/** Undefined where they are text that is no JSON; no arguments are an empty object. */
function readArguments(body: JsonObject): JsonValue | undefined {
  const value = body['arguments'] ?? body['parameters'];
  if (value === undefined || value === null || value === '') return {};
  if (typeof value !== 'string') return value;
  const parsed = parseText(value);
  return typeof parsed === 'string' ? unwrapJson(parsed) : parsed;
}

/** `[{name, …}]` → `[{type: 'function', function: {name, …}}]`; what has that form already stays as it is. */
export function readTools(value: JsonValue | undefined): readonly JsonValue[] | null | string {
  const list = unwrapJson(value);
  if (isAbsent(list)) return null;
  if (!Array.isArray(list) && !isObject(list)) return 'holds no JSON list of tools.';
  const tools = Array.isArray(list) ? (list as readonly JsonValue[]) : [list as JsonValue];
  return tools.map(tool =>
    isObject(tool) && typeof tool['name'] === 'string' && tool['function'] === undefined
      ? { type: 'function', function: tool['type'] === 'function' ? without(tool, 'type') : tool }
      : tool,
  );
}

function without(value: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
