import { describe, expect, it } from 'vitest';
import { labelTokens } from './label-tokens.ts';

/** Tokens are given by their text; ids count from 10. */
function tokenized(...texts: string[]) {
  const lengths = texts.map(text => Buffer.byteLength(text));
  const offsets = Uint32Array.from([0, ...lengths]);
  for (let i = 1; i < offsets.length; i++) offsets[i] = (offsets[i] ?? 0) + (offsets[i - 1] ?? 0);
  return {
    inputIds: Int32Array.from(texts, (_, i) => 10 + i),
    starts: offsets.slice(0, -1),
    ends: offsets.slice(1),
    contentSpellsSpecial: false,
  };
}

const span = (start: number, end: number) => ({ start, end });
const end = (train: boolean) => ({ train, endOfGenerationIds: new Set([14]), contentSpans: [] });

describe('labelTokens', () => {
  it('masks the prompt and trains the answer with its end token', () => {
    const tokens = tokenized('<u>', 'hi', '<a>', 'yo', '<e>', '\n');
    expect([...labelTokens('<u>hi<a>yo<e>\n', tokens, [span(8, 13)], end(true))]).toEqual([
      -100, -100, -100, 13, 14, -100,
    ]);
  });

  it('takes the end token out where it is not to be trained', () => {
    const tokens = tokenized('<u>', 'hi', '<a>', 'yo', '<e>', '\n');
    expect([...labelTokens('<u>hi<a>yo<e>\n', tokens, [span(8, 13)], end(false))]).toEqual([
      -100, -100, -100, 13, -100, -100,
    ]);
  });

  it('trains a token that reaches into the span with a single byte', () => {
    expect([...labelTokens('abcd', tokenized('ab', 'cd'), [span(1, 2)], end(true))]).toEqual([10, -100]);
  });

  it('counts offsets in UTF-8 bytes, so emoji before the span shift nothing', () => {
    const tokens = tokenized('😀', 'é', 'x');
    expect([...labelTokens('😀éx', tokens, [span(3, 4)], end(true))]).toEqual([-100, -100, 12]);
  });

  it('keeps an end token that the content spells, where end tokens are not trained', () => {
    const tokens = tokenized('<a>', 'x', 'y', 'z', '<e>', '<e>');
    const masking = { ...end(false), contentSpans: [{ start: 3, end: 9 }] };
    const ids = { ...tokens, inputIds: Int32Array.of(10, 11, 12, 13, 14, 14) };
    expect([...labelTokens('<a>xyz<e><e>', ids, [span(3, 12)], masking)]).toEqual([
      -100, 11, 12, 13, 14, -100,
    ]);
  });

  it('trains a token without bytes where it stands in the span, not where it stands behind', () => {
    const tokens = {
      inputIds: Int32Array.of(10, 11, 12, 13),
      starts: Uint32Array.of(0, 3, 3, 5),
      ends: Uint32Array.of(3, 3, 5, 5),
      contentSpellsSpecial: false,
    };
    expect([...labelTokens('<a>yo', tokens, [span(3, 5)], end(true))]).toEqual([-100, 11, 12, -100]);
  });
});
