/**
 * 64-bit keys of what rows say and of what examples hold: equal contents have equal keys, and among a
 * million different ones two meet with a probability below 1 in 10⁷.
 */
import { assertNever } from '../../../src-shared/domain/assert-never.ts';
import type { JsonValue, Row } from '../../../src-shared/domain/conversation.ts';

export interface ContentKey {
  readonly high: number;
  readonly low: number;
}

/** Two lanes of 32 bits: MurmurHash3's rounds (Appleby), the first lane fed into the second. */
interface Lanes {
  a: number;
  b: number;
}

/** Words that no UTF-16 unit is: they keep ["ab", "c"] apart from ["a", "bc"]. */
const MARK = {
  text: 0x110000,
  list: 0x110001,
  object: 0x110002,
  end: 0x110003,
  plain: 0x110004,
  whole: 0x110005,
} as const;

/**
 * The key of a row's normal form: texts in Unicode NFC, white space folded to single spaces and trimmed,
 * case kept. Everything that the row says counts, whether its answers are trained included; its place and
 * what was found out about it do not.
 */
export function contentKey(row: Row): ContentKey {
  const lanes = { a: 0x9e3779b9, b: 0x243f6a88 };
  absorbText(lanes, row.kind);
  absorbValue(lanes, contentOf(row));
  return keyOf(lanes);
}

/** The key of an example's token ids. */
export function tokensKey(inputIds: Int32Array): ContentKey {
  const lanes = { a: 0xb7e15162, b: 0x8aed2a6a };
  for (let i = 0; i < inputIds.length; i++) absorb(lanes, inputIds[i] ?? 0);
  absorb(lanes, inputIds.length);
  return keyOf(lanes);
}

/** The key of the n-th example of a row, for rows that make several. */
export function pieceKey({ high, low }: ContentKey, piece: number): ContentKey {
  if (piece === 0) return { high, low };
  const lanes = { a: high, b: low };
  absorb(lanes, piece);
  return keyOf(lanes);
}

/** 32 bits that depend on all of the key and of the seed. */
export function seededHash({ high, low }: ContentKey, seed: number): number {
  const lanes = { a: high, b: low };
  absorb(lanes, seed);
  return keyOf(lanes).high;
}

/** A row's content as plain JSON values; optional parts that are missing stay undefined. */
type Content = JsonValue | undefined | readonly Content[] | { readonly [name: string]: Content };

function contentOf(row: Row): Content {
  switch (row.kind) {
    case 'conversation':
      return row.conversation as unknown as Content;
    case 'message-pair':
      return [row.prompt, row.completion] as unknown as Content;
    case 'pair':
      return [row.prompt, row.completion];
    case 'text':
      return row.text;
    case 'tokenized':
      return [row.inputIds, row.labels];
    case 'invalid':
      return row.message;
    default:
      return assertNever(row);
  }
}

function absorbValue(lanes: Lanes, value: Content): void {
  if (typeof value === 'string') absorbText(lanes, value);
  else if (typeof value === 'number') absorbNumber(lanes, value);
  else if (value === null || typeof value !== 'object') absorbPlain(lanes, String(value));
  else if (Array.isArray(value)) {
    absorb(lanes, MARK.list);
    for (const entry of value as readonly Content[]) absorbValue(lanes, entry);
    absorb(lanes, MARK.end);
  } else {
    absorb(lanes, MARK.object);
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      absorbPlain(lanes, name);
      absorbValue(lanes, entry);
    }
    absorb(lanes, MARK.end);
  }
}

function absorbNumber(lanes: Lanes, value: number): void {
  if ((value | 0) === value) {
    absorb(lanes, MARK.whole);
    absorb(lanes, value);
  } else {
    absorbPlain(lanes, String(value));
  }
}

/** Names, `true`, `null`, fractions: as they are. */
function absorbPlain(lanes: Lanes, text: string): void {
  absorb(lanes, MARK.plain);
  for (let i = 0; i < text.length; i++) absorb(lanes, text.charCodeAt(i));
}

function absorbText(lanes: Lanes, text: string): void {
  absorb(lanes, MARK.text);
  const composed = text.normalize('NFC');
  let isEmpty = true;
  let isBehindSpace = false;
  for (let i = 0; i < composed.length; i++) {
    const unit = composed.charCodeAt(i);
    if (isSpace(unit)) {
      isBehindSpace = true;
      continue;
    }
    if (isBehindSpace && !isEmpty) absorb(lanes, 0x20);
    isBehindSpace = false;
    isEmpty = false;
    absorb(lanes, unit);
  }
}

/** What `\s` matches, by comparison: this runs for every character of the data. */
function isSpace(unit: number): boolean {
  if (unit < 0xa0) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit < 0x1680) return unit === 0xa0;
  return (
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x1680 ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000 ||
    unit === 0xfeff
  );
}

function absorb(lanes: Lanes, word: number): void {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const a = lanes.a ^ k;
  lanes.a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
  const b = lanes.b ^ Math.imul((k << 16) | (k >>> 16), 0x38b34ae5);
  lanes.b = (Math.imul((b << 17) | (b >>> 15), 5) + lanes.a) | 0;
}

function keyOf({ a, b }: Lanes): ContentKey {
  const first = avalanche((a + b) | 0);
  const second = avalanche((b + first) | 0);
  return { high: (first + second) >>> 0, low: second >>> 0 };
}

/** MurmurHash3's finalizer: every bit of the input reaches every bit of the result. */
function avalanche(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
