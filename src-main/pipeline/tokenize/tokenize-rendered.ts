/**
 * Rendered text → token ids with byte offsets. The text is tokenized as one, without adding BOS or
 * EOS: it is cut at the special tokens, as llama.cpp does it, and what lies between is tokenized as
 * plain text. Content that spells `<|im_end|>` is not cut, so that it stays text, unless the recipe
 * asks for Hugging Face's way.
 *
 *     <|user|>hi<|im_end|>  →  [<|user|>] "hi" [<|im_end|>]
 */
import { fail, type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Span } from '../../../src-shared/domain/template.ts';
import type { PlacedTokens, TextFragment, Tokenizer } from '../ports.ts';
import { firstSpelledSpecial, partitionText } from './partition-text.ts';

export interface TokenizedText extends PlacedTokens {
  readonly contentSpellsSpecial: boolean;
}

const encoder = new TextEncoder();

/**
 * `contentSpans`: parts where special tokens are not parsed unless `parseSpecialInContent`. Error:
 * `tokens.roundTrip` where the tokens' bytes are not the text's.
 */
export function tokenizeRendered(
  tokenizer: Tokenizer,
  text: string,
  contentSpans: readonly Span[],
  parseSpecialInContent: boolean,
): Outcome<TokenizedText> {
  const spelled = firstSpelledSpecial(text, contentSpans, tokenizer.specialTokens) !== null;
  const fragments = partitionText(text, parseSpecialInContent ? [] : contentSpans, tokenizer.specialTokens);
  const placed = (tokenizer.placeTokens ?? placeOneByOne(tokenizer))(text, fragments);
  return placed
    ? ok({ ...placed, contentSpellsSpecial: spelled })
    : fail({
        code: 'tokens.roundTrip',
        title: 'The tokens of the row do not spell its text.',
        cause: 'Its bytes and those of its tokens differ, so the trained part cannot be placed.',
        remedy: 'Leave the row out, or report it: the tokenizer of this model changes text.',
      });
}

/** The ids of each fragment, one list per fragment. */
export function tokenizeFragments(
  tokenizer: Tokenizer,
  text: string,
  fragments: readonly TextFragment[],
): readonly Int32Array[] {
  return fragments.map(fragment =>
    fragment.token
      ? Int32Array.of(fragment.token.id)
      : tokenizer.tokenize(text.slice(fragment.start, fragment.end), { parseSpecial: false }),
  );
}

/** `Tokenizer.placeTokens` by its other functions. */
export function placeOneByOne(
  tokenizer: Tokenizer,
): (text: string, fragments: readonly TextFragment[]) => PlacedTokens | null {
  return (text, fragments) =>
    placeTokens(tokenizer, text, fragments, tokenizeFragments(tokenizer, text, fragments));
}

/** Null where a fragment's tokens do not spell it. A SentencePiece space in front takes no room. */
function placeTokens(
  tokenizer: Tokenizer,
  text: string,
  fragments: readonly TextFragment[],
  tokens: readonly Int32Array[],
): PlacedTokens | null {
  const count = tokens.reduce((sum, ids) => sum + ids.length, 0);
  const inputIds = new Int32Array(count);
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  let filled = 0;
  for (const ids of tokens) {
    inputIds.set(ids, filled);
    filled += ids.length;
  }
  const { bytes, offsets } = tokenizer.pieces(inputIds);
  let token = 0;
  let place = 0;
  let textAt = 0;
  for (const [k, fragment] of fragments.entries()) {
    place += byteLength(text, textAt, fragment.start);
    textAt = fragment.end;
    const spelled = encoder.encode(text.slice(fragment.start, fragment.end));
    const last = token + (tokens[k]?.length ?? 0);
    const first = offsets[token] ?? 0;
    const own = bytes.subarray(first, offsets[last] ?? first);
    const shift = fragment.token ? 0 : leadingSpaces(own, spelled);
    if (shift === null) return null;
    for (; token < last; token++) {
      if (fragment.token) {
        starts[token] = place;
        ends[token] = place + spelled.length;
      } else {
        starts[token] = place + Math.max(0, (offsets[token] ?? 0) - first - shift);
        ends[token] = place + Math.max(0, (offsets[token + 1] ?? 0) - first - shift);
      }
    }
    place += spelled.length;
  }
  return { inputIds, starts, ends };
}

function byteLength(text: string, start: number, end: number): number {
  return start === end ? 0 : encoder.encode(text.slice(start, end)).length;
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
