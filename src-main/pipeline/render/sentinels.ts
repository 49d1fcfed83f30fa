/**
 * Private-use characters that mark places in a render and are taken out again. Every marked part has
 * a pair of characters of its own, so that a mark says which part of which message it belongs to,
 * however the template moves, cuts or drops it.
 */
import type { Span } from '../../../src-shared/domain/template.ts';
import type { MarkPart, PartKind } from './wire-messages.ts';

const FIRST = 0xe000;
const LAST = 0xf8ff;
const PRIVATE_USE = /[\ue000-\uf8ff]/g;

export interface Part {
  /** Index of the message, -1 for tools and documents. */
  readonly owner: number;
  readonly kind: PartKind;
  /** What stands between the marks. */
  readonly text: string;
}

/** Where a mark stands, in offsets of the unmarked text. */
export interface Mark {
  readonly at: number;
  readonly part: number;
  readonly opens: boolean;
}

export interface Unmarked {
  readonly text: string;
  /** In text order. */
  readonly marks: readonly Mark[];
  /** What the generation tags enclose; null where they do not pair up. */
  readonly generation: readonly Span[] | null;
}

/** The marks of one row: hands out characters that occur nowhere in it, and finds them again. */
export class Sentinels {
  readonly generationOpen: string;
  readonly generationClose: string;
  readonly parts: Part[] = [];
  readonly #taken: ReadonlySet<string>;
  readonly #partOf = new Map<string, number>();
  #next = FIRST;
  #exhausted = false;

  /** `taken`: everything that may end up in the text: the context as JSON and the template's source. */
  constructor(...taken: readonly string[]) {
    this.#taken = new Set(taken.flatMap(text => text.match(PRIVATE_USE) ?? []));
    this.generationOpen = this.#freeCharacter();
    this.generationClose = this.#freeCharacter();
  }

  /** True where the row has more parts than there are characters: its marks prove nothing. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /**
   * Puts marks inside the trimmed edges, since templates trim; text without a visible character stays
   * as it is, since templates test for it. An answer that spells out its thinking is marked piece by
   * piece, because templates cut it there.
   */
  readonly mark: MarkPart = (text, kind, owner) => {
    if (kind !== 'answer' || !THINKING.test(text)) return this.#markPiece(text, kind, owner);
    return text
      .split(THINKING)
      .map(piece => (THINKING_TAG.test(piece) ? piece : this.#markPiece(piece, kind, owner)))
      .join('');
  };

  /**
   * Takes the marks out and says where they stood.
   *
   *     "a⟦b⟧c"  →  text "abc", marks [{at: 1, opens}, {at: 2}]
   */
  unmark(marked: string): Unmarked {
    const pieces: string[] = [];
    const marks: Mark[] = [];
    const generation: Span[] = [];
    let paired = true;
    let open = -1;
    let length = 0;
    let from = 0;
    for (const { index, 0: char } of marked.matchAll(PRIVATE_USE)) {
      const part = this.#partOf.get(char);
      if (part === undefined && char !== this.generationOpen && char !== this.generationClose) continue;
      pieces.push(marked.slice(from, index));
      length += index - from;
      from = index + 1;
      if (part !== undefined) {
        marks.push({ at: length, part: part >> 1, opens: (part & 1) === 0 });
      } else if (char === this.generationOpen) {
        paired &&= open < 0;
        open = length;
      } else {
        paired &&= open >= 0;
        if (open >= 0) generation.push({ start: open, end: length });
        open = -1;
      }
    }
    pieces.push(marked.slice(from));
    return { text: pieces.join(''), marks, generation: paired && open < 0 ? generation : null };
  }

  #freeCharacter(): string {
    while (this.#next <= LAST) {
      const char = String.fromCharCode(this.#next++);
      if (!this.#taken.has(char)) return char;
    }
    this.#exhausted = true;
    return '';
  }

  #markPiece(text: string, kind: PartKind, owner: number): string {
    const trimmed = text.trim();
    if (trimmed === '') return text;
    const part = this.parts.length;
    const [open, close] = [this.#freeCharacter(), this.#freeCharacter()];
    if (this.#exhausted) return text;
    this.parts.push({ owner, kind, text: trimmed });
    this.#partOf.set(open, 2 * part).set(close, 2 * part + 1);
    const start = text.indexOf(trimmed);
    return `${text.slice(0, start)}${open}${trimmed}${close}${text.slice(start + trimmed.length)}`;
  }
}

const THINKING = /(<\/?think(?:ing)?>|\[\/?THINK\])/;
const THINKING_TAG = /^(?:<\/?think(?:ing)?>|\[\/?THINK\])$/;
