/** Private-use characters that mark places in a render and are taken out again. */
import type { Span } from '../../src-shared/domain/template.ts';

export interface Sentinels {
  readonly contentOpen: string;
  readonly contentClose: string;
  readonly generationOpen: string;
  readonly generationClose: string;
}

const FIRST = 0xe000;
const LAST = 0xf8fc;

/** Four private-use characters that occur nowhere in `text`; null where it uses them all. */
export function chooseSentinels(text: string): Sentinels | null {
  for (let code = FIRST; code <= LAST; code += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map(i => String.fromCharCode(code + i)) as [
      string,
      string,
      string,
      string,
    ];
    if (text.includes(a) || text.includes(b) || text.includes(c) || text.includes(d)) continue;
    return { contentOpen: a, contentClose: b, generationOpen: c, generationClose: d };
  }
  return null;
}

export interface Unmarked {
  readonly text: string;
  /** Spans between content sentinels, in text order, in offsets of the unmarked text. */
  readonly content: readonly Span[];
  readonly generation: readonly Span[];
}

/**
 * Takes the sentinels out and gives the spans between them. Null where they do not pair up: a template
 * that reverses, slices or repeats content.
 *
 *     "a⟦b⟧c"  →  text "abc", content [{start: 1, end: 2}]
 */
export function unmark(marked: string, sentinels: Sentinels): Unmarked | null {
  const parts: string[] = [];
  const content: Span[] = [];
  const generation: Span[] = [];
  let length = 0;
  let from = 0;
  let contentStart = -1;
  let generationStart = -1;
  for (let i = 0; i < marked.length; i++) {
    const char = marked[i];
    if (char === undefined || !isSentinel(char, sentinels)) continue;
    parts.push(marked.slice(from, i));
    length += i - from;
    from = i + 1;
    if (char === sentinels.contentOpen) {
      if (contentStart >= 0) return null;
      contentStart = length;
    } else if (char === sentinels.contentClose) {
      if (contentStart < 0) return null;
      content.push({ start: contentStart, end: length });
      contentStart = -1;
    } else if (char === sentinels.generationOpen) {
      if (generationStart >= 0) return null;
      generationStart = length;
    } else {
      if (generationStart < 0) return null;
      generation.push({ start: generationStart, end: length });
      generationStart = -1;
    }
  }
  if (contentStart >= 0 || generationStart >= 0) return null;
  parts.push(marked.slice(from));
  return { text: parts.join(''), content, generation };
}

function isSentinel(char: string, sentinels: Sentinels): boolean {
  return (
    char === sentinels.contentOpen ||
    char === sentinels.contentClose ||
    char === sentinels.generationOpen ||
    char === sentinels.generationClose
  );
}

/** Puts content sentinels inside the trimmed edges; content without a visible character stays as it is. */
export function markContent(content: string, sentinels: Sentinels): string {
  const trimmed = content.trim();
  if (trimmed === '') return content;
  const start = content.indexOf(trimmed);
  const end = start + trimmed.length;
  return `${content.slice(0, start)}${sentinels.contentOpen}${trimmed}${sentinels.contentClose}${content.slice(end)}`;
}
