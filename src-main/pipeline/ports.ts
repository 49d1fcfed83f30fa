/** What the pipeline needs from the native side, as plain functions over plain values. */
import type { Outcome } from '../../src-shared/contract/coded-error.ts';

export interface SpecialToken {
  readonly id: number;
  readonly text: string;
  /** Control tokens are recognised only where special tokens are parsed; user-defined ones always. */
  readonly kind: 'control' | 'user-defined' | 'unknown';
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
}

/** A piece of a text, in UTF-16 offsets: a special token, or plain text where `token` is null. */
export interface TextFragment {
  readonly start: number;
  readonly end: number;
  readonly token: SpecialToken | null;
}

export interface PlacedTokens {
  readonly inputIds: Int32Array;
  /** UTF-8 byte offsets in the text: token i is `starts[i]..ends[i]`; white space that a token eats is in none. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export interface Tokenizer {
  /** Ids of the text; never adds BOS or EOS by itself. */
  tokenize(text: string, options: { readonly parseSpecial: boolean }): Int32Array;
  /** Bytes of all tokens as they stand in running text; token i is `bytes[offsets[i]..offsets[i+1])`. */
  pieces(ids: Int32Array): { readonly bytes: Uint8Array; readonly offsets: Uint32Array };
  /**
   * The ids of each fragment with their UTF-8 byte offsets in the text, as `tokenize` and `pieces` give them, in
   * one call; null where a fragment's tokens do not spell it. Absent where a tokenizer has nothing faster.
   */
  readonly placeTokens?: (text: string, fragments: readonly TextFragment[]) => PlacedTokens | null;
  readonly vocabularySize: number;
  readonly specialTokens: readonly SpecialToken[];
  /** Tokens that end generation, the recipe's override included. */
  readonly endOfGenerationIds: ReadonlySet<number>;
  /** The token that ends a text, after the recipe's override. */
  readonly eosId: number | null;
  readonly bosId: number | null;
  /** True where the vocabulary asks for a BOS in front of plain text; templates print their own. */
  readonly addBos: boolean;
}

/** A compiled chat template: context in (as JSON, keys in order), text out, or the template's own refusal. */
export type RenderTemplate = (contextJson: string) => Outcome<string>;
