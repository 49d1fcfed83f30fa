import { describe, expect, it } from 'vitest';
import { type ConvertOptions, convertRow, detectFormat } from './convert-row.ts';

const place = { row: 4, line: 5 };
const options: ConvertOptions = { format: 'messages', roles: {}, systemPrompt: null, systemRole: 'keep' };
const messages = (...list: [string, string][]) => ({
  messages: list.map(([role, content]) => ({ role, content })),
});

describe('convertRow', () => {
  it('reads a conversation and keeps its place', () => {
    expect(convertRow(messages(['user', 'hi'], ['assistant', 'yo']), place, options)).toEqual({
      ...place,
      kind: 'conversation',
      conversation: {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: 'yo' },
        ],
      },
    });
  });

  it("lets the recipe's role names win over the common ones", () => {
    const row = convertRow(messages(['gpt', 'yo']), place, { ...options, roles: { gpt: 'user' } });
    expect(row).toMatchObject({ conversation: { messages: [{ role: 'user' }] } });
  });

  it('names a role that is not mapped, also one that every object has', () => {
    expect(convertRow(messages(['constructor', 'x']), place, options)).toMatchObject({
      kind: 'invalid',
      message: 'Message 1 has the role `constructor`, which is not mapped.',
    });
  });

  it('adds the system prompt only where there is none', () => {
    const withPrompt = { ...options, systemPrompt: 'Be brief.' };
    expect(convertRow(messages(['user', 'hi']), place, withPrompt)).toMatchObject({
      conversation: { messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }] },
    });
    expect(convertRow(messages(['system', 'own'], ['user', 'hi']), place, withPrompt)).toMatchObject({
      conversation: { messages: [{ role: 'system', content: 'own' }, { role: 'user' }] },
    });
  });

  it('merges system messages into the next user message', () => {
    const row = convertRow(messages(['system', 'a'], ['user', 'b'], ['assistant', 'c']), place, {
      ...options,
      systemRole: 'merge',
    });
    expect(row).toMatchObject({
      conversation: {
        messages: [
          { role: 'user', content: 'a\n\nb' },
          { role: 'assistant', content: 'c' },
        ],
      },
    });
  });

  it.each([
    [null, 'The row is null, not an object.'],
    [[], 'The row is a list, not an object.'],
    [{ text: 'x' }, 'The row has no list `messages`; its keys are text.'],
    [{ messages: [] }, 'The list `messages` is empty.'],
    [{ messages: [{ role: 'user', content: null }] }, 'Message 1 has null as content, not text.'],
    [{ messages: ['hi'] }, 'Message 1 is a string, not an object.'],
  ])('says what is wrong with %j', (value, message) => {
    expect(convertRow(value, place, options)).toEqual(
      expect.objectContaining({ ...place, kind: 'invalid', message }),
    );
  });
});

describe('convertRow with tokenized rows', () => {
  const tokenized: ConvertOptions = { ...options, format: 'tokenized' };

  it('takes ids and labels as they are', () => {
    expect(convertRow({ input_ids: [1, 2], labels: [-100, 2] }, place, tokenized)).toMatchObject({
      kind: 'tokenized',
      inputIds: [1, 2],
      labels: [-100, 2],
    });
  });

  it('refuses shifted labels: they would train each token to repeat itself', () => {
    expect(convertRow({ input_ids: [1, 2, 3], labels: [2, 3, -100] }, place, tokenized)).toMatchObject({
      kind: 'invalid',
      message: 'Label 0 is 2, where the input id is 1; labels are unshifted.',
    });
  });

  it.each([
    [{ input_ids: [1.5], labels: [1] }],
    [{ input_ids: [1, 2], labels: [1] }],
    [{ input_ids: '1 2', labels: [1] }],
    [{ input_ids: [2 ** 40], labels: [-100] }],
  ])('refuses %j', value => {
    expect(convertRow(value, place, tokenized).kind).toBe('invalid');
  });
});

describe('detectFormat', () => {
  it('goes by the first row that fits one', () => {
    expect(detectFormat([null, { x: 1 }, { messages: [] }])).toBe('messages');
    expect(detectFormat([{ input_ids: [1], labels: [1] }])).toBe('tokenized');
    expect(detectFormat([{ text: 'a' }])).toBeNull();
  });
});
