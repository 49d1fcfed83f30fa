import { expect, test } from 'vitest';
import type { ChatAnswer, ChatToken } from '../../../src-shared/domain/chat.ts';
import {
  applyEvents,
  beginTurn,
  endTurn,
  failTurn,
  messagesFor,
  newChat,
  retryTurn,
  stopTurn,
  takeBack,
} from './chat-state.ts';

const token = (text: string): ChatToken => ({ id: 1, text, probability: 0.5, choices: [] });
const answer = (text: string): ChatAnswer => ({
  text,
  tokens: [token(text)],
  end: 'turn',
  promptTokens: 3,
  durationMs: 10,
});

test('each side remembers its own answers, and both the same prompts', () => {
  const first = endTurn(beginTurn(newChat('Be brief.'), 'Hello', null, 2), [
    answer('Good day'),
    answer('Hi'),
  ]);
  const second = beginTurn(first, 'And now?', null, 2);
  expect(messagesFor(second, 0)).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Good day' },
    { role: 'user', content: 'And now?' },
  ]);
  expect(messagesFor(second, 1)[2]).toEqual({ role: 'assistant', content: 'Hi' });
});

test('a draft is previewed behind what was said; messages of a row come before', () => {
  const row = [
    { role: 'user' as const, content: 'Who?' },
    { role: 'assistant' as const, content: 'Hugo.' },
  ];
  expect(messagesFor(newChat(null, row), 0, 'Where?').map(({ content }) => content)).toEqual([
    'Who?',
    'Hugo.',
    'Where?',
  ]);
});

test('tokens gather at their side, and the whole answer mends what was missed', () => {
  const begun = beginTurn(newChat(null), 'Hello', 'Hi', 2);
  const streamed = applyEvents(begun, [
    { type: 'answering', side: 1 },
    { type: 'token', side: 1, token: token('H') },
    { type: 'token', side: 1, token: token('i') },
  ]);
  expect(streamed.turns[0]?.answers.map(({ phase, text }) => [phase, text])).toEqual([
    ['waits', ''],
    ['says', 'Hi'],
  ]);
  const ended = endTurn(streamed, [answer('Good day'), answer('Hi!')]);
  expect(ended.turns[0]?.answers.map(({ text }) => text)).toEqual(['Good day', 'Hi!']);
  expect(ended.phase).toBe('idle');
  expect(applyEvents(ended, [{ type: 'token', side: 0, token: token('late') }])).toBe(ended);
});

test('a refused prompt can be asked again or taken back', () => {
  const begun = beginTurn(newChat(null), 'Hello', null, 2);
  const failed = failTurn(begun, { code: 'compute.busy', title: '', cause: '', remedy: '' });
  expect(retryTurn(failed)).toMatchObject({ phase: 'answering', error: null, turns: [{ prompt: 'Hello' }] });
  expect(takeBack(failed)).toEqual(newChat(null));
});

test('a stop keeps what was said, and takes back a prompt without an answer', () => {
  const begun = beginTurn(newChat(null), 'Hello', null, 2);
  expect(stopTurn(begun)).toEqual(newChat(null));
  const stopped = stopTurn(applyEvents(begun, [{ type: 'token', side: 0, token: token('Good') }]));
  expect(stopped.turns[0]?.answers.map(({ text, end }) => [text, end])).toEqual([
    ['Good', 'stopped'],
    ['', 'stopped'],
  ]);
});
