/**
 * Rendered text → token ids with byte offsets. The text is tokenized as one, without adding BOS or
 * EOS. Special tokens are parsed in the template's own parts only, so that content which spells
 * `<|im_end|>` stays text, unless the recipe asks for Hugging Face's way.
 */
import { fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { RenderedText, Span } from '../../src-shared/domain/template.ts';
import type { SpecialToken, Tokenizer } from './ports.ts';

export interface TokenizedText {
  readonly inputIds: Int32Array;
  /** UTF-8 byte offsets of each token in the text; one more than there are tokens. */
  readonly offsets: Uint32Array;
  readonly contentSpellsSpecial: boolean;
}

const encoder = new TextEncoder();

/** Errors: `tokens.roundTrip` where the tokens' bytes are not the text's. */
export function tokenizeRendered(
  tokenizer: Tokenizer,
  rendered: RenderedText,
  parseSpecialInContent: boolean,
): Outcome<TokenizedText> {
  const spelled = specialsSpelledIn(rendered, tokenizer.specialTokens);
  const ids =
    !spelled || parseSpecialInContent
      ? tokenizer.tokenize(rendered.text, { parseSpecial: true })
      : tokenizeParts(tokenizer, rendered);
  const { bytes, offsets } = tokenizer.pieces(ids);
  const text = encoder.encode(rendered.text);
  const shift = leadingSpaces(bytes, text);
  if (shift === null) {
    return fail({
      code: 'tokens.roundTrip',
      title: 'The tokens of the row do not spell its text.',
      cause: 'Its bytes and those of its tokens differ, so the trained part cannot be placed.',
      remedy: 'Leave the row out, or report it: the tokenizer of this model changes text.',
    });
  }
  const placed = shift === 0 ? offsets : offsets.map(offset => Math.max(0, offset - shift));
  return ok({ inputIds: ids, offsets: placed, contentSpellsSpecial: spelled });
}

/** True where content spells a control token, so that parsing the whole would end a turn by accident. */
function specialsSpelledIn(rendered: RenderedText, specials: readonly SpecialToken[]): boolean {
  const control = specials.filter(token => token.kind === 'control' && token.text !== '');
  return rendered.contentSpans.some(span => {
    const content = rendered.text.slice(span.start, span.end);
    return control.some(token => content.includes(token.text));
  });
}

/** Partitions at the special tokens of the template's own parts; everything between is plain text. */
function tokenizeParts(tokenizer: Tokenizer, rendered: RenderedText): Int32Array {
  const { text } = rendered;
  const ids: number[] = [];
  let from = 0;
  for (const hit of specialsOutside(text, rendered.contentSpans, tokenizer.specialTokens)) {
    const before = hit.token.stripsLeft ? text.slice(from, hit.start).trimEnd() : text.slice(from, hit.start);
    if (before !== '') ids.push(...tokenizer.tokenize(before, { parseSpecial: false }));
    ids.push(hit.token.id);
    from = hit.end;
    if (hit.token.stripsRight) from += text.slice(from).length - text.slice(from).trimStart().length;
  }
  if (from < text.length) ids.push(...tokenizer.tokenize(text.slice(from), { parseSpecial: false }));
  return Int32Array.from(ids);
}

interface Hit extends Span {
  readonly token: SpecialToken;
}

/** Longest token first, as llama.cpp's `tokenizer_st_partition` looks for them; hits never overlap. */
function specialsOutside(text: string, content: readonly Span[], specials: readonly SpecialToken[]): Hit[] {
  const hits: Hit[] = [];
  const taken: Span[] = [...content];
  const control = specials
    .filter(token => token.kind === 'control' && token.text !== '')
    .sort((a, b) => b.text.length - a.text.length);
  for (const token of control) {
    for (let at = text.indexOf(token.text); at >= 0; at = text.indexOf(token.text, at + 1)) {
      const hit = { start: at, end: at + token.text.length, token };
      if (taken.some(span => span.start < hit.end && hit.start < span.end)) continue;
      taken.push(hit);
      hits.push(hit);
    }
  }
  return hits.sort((a, b) => a.start - b.start);
}

/** 0 where bytes are equal, 1 where the tokenizer put its space in front (SentencePiece), else null. */
function leadingSpaces(bytes: Uint8Array, text: Uint8Array): number | null {
  if (equalBytes(bytes, text)) return 0;
  if (bytes[0] === 0x20 && equalBytes(bytes.subarray(1), text)) return 1;
  return null;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
