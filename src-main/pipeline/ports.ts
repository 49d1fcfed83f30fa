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

export interface Tokenizer {
  /** Ids of the text; never adds BOS or EOS by itself. */
  tokenize(text: string, options: { readonly parseSpecial: boolean }): Int32Array;
  /** Bytes of all tokens as they stand in running text; token i is `bytes[offsets[i]..offsets[i+1])`. */
  pieces(ids: Int32Array): { readonly bytes: Uint8Array; readonly offsets: Uint32Array };
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
