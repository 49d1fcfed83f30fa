/**
 * Cuts text at special tokens as llama.cpp does (`tokenizer_st_partition`): the longest token of the
 * vocabulary is looked for first, in all of the text; tokens that strip white space take it away.
 */
import type { Span } from '../../../src-shared/domain/template.ts';
import type { SpecialToken, TextFragment } from '../ports.ts';

/** Control tokens count outside `content` only, user-defined ones everywhere. Stripped white space is in no fragment. */
export function partitionText(
  text: string,
  content: readonly Span[],
  specials: readonly SpecialToken[],
): TextFragment[] {
  const taken: (Span & { readonly fragment: TextFragment })[] = [];
  for (const hit of candidates(text, specials)) {
    if (hit.token.kind !== 'user-defined' && overlaps(content, hit)) continue;
    const at = insertionPoint(taken, hit.start);
    if ((taken[at - 1]?.end ?? 0) > hit.start || (taken[at]?.start ?? text.length) < hit.end) continue;
    const left = taken[at - 1]?.end ?? 0;
    const right = taken[at]?.start ?? text.length;
    let { start, end } = hit;
    if (hit.token.stripsLeft) while (start > left && isSpace(text.charCodeAt(start - 1))) start--;
    if (hit.token.stripsRight) while (end < right && isSpace(text.charCodeAt(end))) end++;
    taken.splice(at, 0, { start, end, fragment: { start: hit.start, end: hit.end, token: hit.token } });
  }
  const fragments: TextFragment[] = [];
  let from = 0;
  for (const { start, end, fragment } of taken) {
    if (start > from) fragments.push({ start: from, end: start, token: null });
    fragments.push(fragment);
    from = end;
  }
  if (from < text.length) fragments.push({ start: from, end: text.length, token: null });
  return fragments;
}

/** Where content first spells a control token, which parsing the whole would make of it; null where it spells none. */
export function firstSpelledSpecial(
  text: string,
  content: readonly Span[],
  specials: readonly SpecialToken[],
): number | null {
  const index = indexOf(specials);
  for (const span of content) {
    const hit = hitsIn(text, span.start, span.end, index).find(({ token }) => token.kind !== 'user-defined');
    if (hit) return hit.start;
  }
  return null;
}

/** Every place where a special token is spelled, in the order in which llama.cpp takes them. */
function candidates(text: string, specials: readonly SpecialToken[]): Hit[] {
  return hitsIn(text, 0, text.length, indexOf(specials)).sort(
    (a, b) => b.bytes - a.bytes || a.start - b.start,
  );
}

interface Entry {
  readonly token: SpecialToken;
  /** Length in UTF-8, by which llama.cpp sorts. */
  readonly bytes: number;
}

/** Tokens by their first character: texts are scanned once, however long the vocabulary's list is. */
interface Index {
  readonly entries: ReadonlyMap<number, readonly Entry[]>;
  /** Finds the next first character of a token from `lastIndex` on. */
  readonly firsts: RegExp;
}

const indexes = new WeakMap<readonly SpecialToken[], Index>();

function indexOf(specials: readonly SpecialToken[]): Index {
  const known = indexes.get(specials);
  if (known) return known;
  const entries = new Map<number, Entry[]>();
  for (const token of specials) {
    if (token.text === '') continue;
    const first = token.text.charCodeAt(0);
    const list = entries.get(first) ?? [];
    list.push({ token, bytes: new TextEncoder().encode(token.text).length });
    entries.set(first, list);
  }
  const units = [...entries.keys()].map(unit => `\\u${unit.toString(16).padStart(4, '0')}`);
  const index = { entries, firsts: new RegExp(`[${units.join('')}]`, 'g') };
  indexes.set(specials, index);
  return index;
}

type Hit = Span & Entry;

function hitsIn(text: string, from: number, to: number, { entries, firsts }: Index): Hit[] {
  const hits: Hit[] = [];
  firsts.lastIndex = from;
  while (firsts.test(text)) {
    const at = firsts.lastIndex - 1;
    if (at >= to) break;
    for (const entry of entries.get(text.charCodeAt(at)) ?? []) {
      const end = at + entry.token.text.length;
      if (end <= to && text.startsWith(entry.token.text, at)) hits.push({ start: at, end, ...entry });
    }
  }
  return hits;
}

function overlaps(spans: readonly Span[], hit: Span): boolean {
  return spans.some(span => span.start < hit.end && hit.start < span.end);
}

function insertionPoint(taken: readonly Span[], start: number): number {
  let at = taken.length;
  while (at > 0 && (taken[at - 1]?.start ?? 0) > start) at--;
  return at;
}

/** What C's `isspace` strips. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
