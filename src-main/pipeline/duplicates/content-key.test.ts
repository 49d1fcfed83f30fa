import { describe, expect, it } from 'vitest';
import type { Message, Row } from '../../../src-shared/domain/conversation.ts';
import { type ContentKey, contentKey, pieceKey, seededHash, tokensKey } from './content-key.ts';

const place = { row: 0, line: 1, findings: [] };
const text = (content: string): Row => ({ ...place, kind: 'text', text: content });
const pair = (prompt: string, completion: string): Row => ({ ...place, kind: 'pair', prompt, completion });
const talk = (...messages: Message[]): Row => ({
  ...place,
  kind: 'conversation',
  conversation: { messages },
});
const asText = ({ high, low }: ContentKey) => `${high}:${low}`;
const keyOf = (row: Row) => asText(contentKey(row));

describe('the key of what a row says', () => {
  it('is the same whatever the white space and the Unicode form', () => {
    const plain = keyOf(text('Où est le café ?'));
    expect(keyOf(text('  Où est\n\tle café\u00a0? \n'))).toBe(plain);
    expect(keyOf(text('Ou\u0300 est le cafe\u0301 ?'))).toBe(plain);
    expect(keyOf(text('Où est\u3000le\u2009café\ufeff?'))).toBe(plain);
  });

  it('keeps apart what differs in case, in a letter, or in whether there is white space at all', () => {
    const keys = ['Yes', 'yes', 'Yess', 'Ye s', '', 'YesYes'].map(content => keyOf(text(content)));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keeps apart texts that are divided at another place, and texts of other kinds of row', () => {
    const keys = [pair('ab', 'c'), pair('a', 'bc'), pair('', 'abc'), text('abc')].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('sees roles, calls, flags and the order of messages', () => {
    const user: Message = { role: 'user', content: 'a' };
    const answer: Message = { role: 'assistant', content: 'b' };
    const called: Message = {
      ...answer,
      toolCalls: [{ id: null, name: 'f', arguments: { x: 1, y: [true, null, 1.5] } }],
    };
    const other: Message = {
      ...answer,
      toolCalls: [{ id: null, name: 'f', arguments: { x: 1, y: [true, null, 2.5] } }],
    };
    const rows = [
      talk(user, answer),
      talk(answer, user),
      talk(user, { ...answer, role: 'user' }),
      talk(user, { ...answer, trained: false }),
      talk(user, called),
      talk(user, other),
      talk(user, answer, user),
    ];
    expect(new Set(rows.map(keyOf)).size).toBe(rows.length);
  });

  it('does not see where the row stands, nor an optional part that is not there', () => {
    const message: Message = { role: 'user', content: 'a' };
    expect(keyOf({ ...talk(message), row: 7, line: 9, findings: ['data.placeholder'] })).toBe(
      keyOf(talk(message)),
    );
    const undefinedName = { role: 'user', content: 'a', name: undefined } as unknown as Message;
    expect(keyOf(talk(undefinedName))).toBe(keyOf(talk(message)));
  });
});

describe('keys', () => {
  it('are all different for a million near-equal contents, in 64 bits and, by chance alone, in each half', () => {
    const count = 1_000_000;
    const [highs, lows, both] = [new Set<number>(), new Set<number>(), new Set<bigint>()];
    for (let i = 0; i < count; i++) {
      const { high, low } = tokensKey(Int32Array.of(i % 1000, 5, Math.floor(i / 1000)));
      highs.add(high);
      lows.add(low);
      both.add((BigInt(high) << 32n) | BigInt(low));
    }
    expect(both.size).toBe(count);
    // by chance count² / 2³³ = 116 pairs meet in 32 bits; more than twice as many would be no chance
    expect(count - highs.size).toBeLessThan(250);
    expect(count - lows.size).toBeLessThan(250);
  });

  it('of token ids see their order and their number', () => {
    const keys = [[], [0], [0, 0], [1, 2], [2, 1], [1, 2, 0]].map(ids =>
      asText(tokensKey(Int32Array.from(ids))),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('of pieces are all different, the first being the row itself', () => {
    const key = contentKey(text('long'));
    expect(pieceKey(key, 0)).toEqual(key);
    expect(new Set(Array.from({ length: 100 }, (_, i) => asText(pieceKey(key, i)))).size).toBe(100);
  });

  it('hash otherwise under another seed', () => {
    const key = contentKey(text('a'));
    expect(seededHash(key, 1)).toBe(seededHash(key, 1));
    expect(seededHash(key, 1)).not.toBe(seededHash(key, 2));
  });
});
