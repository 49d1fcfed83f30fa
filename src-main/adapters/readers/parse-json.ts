/** Bytes → a JSON value, or what they are instead, in words that lead to the repair. */
import { DEEPEST_LEVELS, isTooDeep } from '../../pipeline/import/json-shapes.ts';
import type { RawRow, ReadRow } from './data-file.ts';

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TOO_DEEP = {
  ok: false,
  code: 'row.tooDeep',
  message: `The row is nested more than ${DEEPEST_LEVELS} levels deep.`,
} as const;
/** Only the beginning of a bad value is looked at. */
const LOOKED_AT = 100_000;

/** The row with its value, or with what is wrong with it. */
export function parseRow(raw: RawRow): ReadRow {
  if (!('bytes' in raw)) return raw;
  const { row, line, bytes } = raw;
  return { row, line, ...parseJson(bytes) };
}

/** True for white space only. */
export function isBlank(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0x20;
  if (first > 0x20 && first < 0x7f) return false;
  const text = decode(bytes);
  return text !== null && text.trim() === '';
}

function parseJson(bytes: Buffer): Parsed {
  const text = decode(bytes);
  if (text === null) return { ok: false, code: 'row.notUtf8', message: 'The line is not valid UTF-8.' };
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value, text.length) ? TOO_DEEP : { ok: true, value };
  } catch (error) {
    return { ok: false, ...whyNotJson(text, error instanceof Error ? error.message : String(error)) };
  }
}

/** Null where the bytes are no UTF-8. */
function decode(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function whyNotJson(text: string, parserSays: string): { code: string; message: string } {
  const bare = text.slice(0, LOOKED_AT).replace(/"(?:[^"\\]|\\.)*"/g, '""');
  if (/[[{,:]\s*'/.test(bare) || /\b(None|True|False)\b/.test(bare)) {
    return {
      code: 'row.pythonRepr',
      message: 'This is Python, not JSON: single quotes, None, True or False. Write rows with json.dumps.',
    };
  }
  const number = /(?<!\w)-?(NaN|Infinity)(?!\w)/.exec(bare)?.[0];
  if (number) {
    return {
      code: 'row.notJson',
      message: `\`${number}\` is not JSON (Python's json.dumps writes it); use null or a number.`,
    };
  }
  if (/Unexpected end|Unterminated string/.test(parserSays) && /^\s*[[{"]/.test(text)) {
    return { code: 'row.notJson', message: 'The JSON ends early; was the file cut off?' };
  }
  return { code: 'row.notJson', message: `The line is not JSON: ${parserSays}` };
}
