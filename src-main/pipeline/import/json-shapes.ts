/** What a parsed value is, for reading rows and for saying what is wrong with them. */
import type { JsonValue } from '../../../src-shared/domain/conversation.ts';

export type JsonObject = { readonly [key: string]: JsonValue };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** "a list", "null", "a string": the end of a sentence about a value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

export function keysOf(value: JsonObject): string {
  return Object.keys(value).slice(0, 8).join(', ') || 'none';
}

/** Lists and objects also where a table keeps them as JSON text; anything else, broken JSON too, as it is. */
export function unwrapJson(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parseText(value) ?? value;
}

/** Undefined for text that is no JSON, or nested too deep to be a part of a row. */
export function parseText(text: string): JsonValue | undefined {
  try {
    const parsed = JSON.parse(text) as JsonValue;
    return isTooDeep(parsed, text.length) ? undefined : parsed;
  } catch {
    return undefined;
  }
}

/** Deeper values overflow the stack of whatever walks them; rows are a handful of levels deep. */
export const DEEPEST_LEVELS = 200;

/** Walks level by level, so that depth costs no stack; `textLength` is that of the JSON it was. */
export function isTooDeep(value: unknown, textLength: number): boolean {
  if (textLength <= 2 * DEEPEST_LEVELS) return false;
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_LEVELS) return true;
    level = level.flatMap(entry => (typeof entry === 'object' && entry !== null ? Object.values(entry) : []));
  }
  return false;
}

/** Null, missing and empty cells, lists and objects hold nothing. */
export function isAbsent(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
