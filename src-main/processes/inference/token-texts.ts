/** Texts of tokens as they come, whole characters only: their sum is the text of all tokens together. */

/** A longer run of bytes is no character. */
const LONGEST_CHARACTER_TOKENS = 4;
const UNFINISHED = '\uFFFD';
/** Only the end of a long answer is looked at, so that its time grows with its length. */
const WINDOW_TOKENS = 64;
const KEPT_TOKENS = 8;

export class TokenTexts {
  readonly #detokenize: (ids: readonly number[]) => string;
  readonly #ids: number[] = [];
  #from = 0;
  /** The text from `#from` on, as far as it was given. */
  #shown = '';
  #waiting = 0;

  /** `detokenize` gives the text of a whole answer. */
  constructor(detokenize: (ids: readonly number[]) => string) {
    this.#detokenize = detokenize;
  }

  /**
   * What this token adds. Nothing while it only begins a character; the token that ends it adds the whole.
   * A character that cannot end is shown as U+FFFD.
   */
  add(id: number): string {
    this.#ids.push(id);
    const text = this.#detokenize(this.#ids.slice(this.#from));
    this.#waiting++;
    if (text.endsWith(UNFINISHED) && this.#waiting < LONGEST_CHARACTER_TOKENS) return '';
    const added = text.slice(commonLength(text, this.#shown));
    this.#shown = text;
    this.#waiting = 0;
    if (this.#ids.length - this.#from > WINDOW_TOKENS) {
      this.#from = this.#ids.length - KEPT_TOKENS;
      this.#shown = this.#detokenize(this.#ids.slice(this.#from));
    }
    return added;
  }

  whole(): string {
    return this.#detokenize(this.#ids);
  }
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length++;
  return length;
}
