import { describe, expect, it } from 'vitest';
import type { SpecialToken, Tokenizer } from '../ports.ts';
import { tokenizeRendered } from './tokenize-rendered.ts';

const END: SpecialToken = { id: 1000, text: '<e>', kind: 'control', stripsLeft: false, stripsRight: false };
const encoder = new TextEncoder();

/** One token a byte, `<e>` as one token where specials are parsed. */
const bytesTokenizer: Tokenizer = {
  tokenize: (text, { parseSpecial }) => {
    const parts = parseSpecial ? text.split(END.text) : [text];
    return Int32Array.from(
      parts.flatMap((part, i) => (i === 0 ? [...encoder.encode(part)] : [END.id, ...encoder.encode(part)])),
    );
  },
  pieces: ids => {
    const pieces = [...ids].map(id => (id === END.id ? encoder.encode(END.text) : Uint8Array.of(id)));
    const offsets = Uint32Array.from([0, ...pieces.map(piece => piece.length)]);
    for (let i = 1; i < offsets.length; i++) offsets[i] = (offsets[i] ?? 0) + (offsets[i - 1] ?? 0);
    return { bytes: Buffer.concat(pieces), offsets };
  },
  vocabularySize: 1001,
  specialTokens: [END],
  endOfGenerationIds: new Set([END.id]),
  eosId: END.id,
  bosId: null,
  addBos: false,
};

const text = 'a<e>b<e>';
const content = [{ start: 0, end: 5 }];

describe('tokenizeRendered', () => {
  it("keeps a special token that the content spells as text, and parses the template's own", () => {
    const tokens = tokenizeRendered(bytesTokenizer, text, content, false);
    if (!tokens.ok) throw new Error(tokens.error.cause);
    expect([...tokens.value.inputIds]).toEqual([...encoder.encode('a<e>b'), END.id]);
    expect(tokens.value.contentSpellsSpecial).toBe(true);
    expect([...tokens.value.starts]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...tokens.value.ends]).toEqual([1, 2, 3, 4, 5, 8]);
  });

  it("makes it that token where the recipe asks for Hugging Face's way", () => {
    const tokens = tokenizeRendered(bytesTokenizer, text, content, true);
    if (!tokens.ok) throw new Error(tokens.error.cause);
    expect([...tokens.value.inputIds]).toEqual([97, END.id, 98, END.id]);
  });

  it('refuses tokens that do not spell the text', () => {
    const lossy = { ...bytesTokenizer, tokenize: () => Int32Array.of(97) };
    expect(tokenizeRendered(lossy, text, [], false)).toMatchObject({
      ok: false,
      error: { code: 'tokens.roundTrip' },
    });
  });
});
