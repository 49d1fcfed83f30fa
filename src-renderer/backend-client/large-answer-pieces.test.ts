/** A large answer must arrive whole and in order, also where several are on their way at once. */
import { expect, test } from 'vitest';
import {
  answerInPieces,
  createLargeAnswerReceiver,
  type LargeAnswerMessage,
  type LargeAnswerRequest,
} from './large-answer-pieces.ts';

const steps = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    step: first + i,
    epoch: 0,
    loss: 1,
    learningRate: 0,
    gradNorm: 1,
    trainableTokens: 1,
    tokens: 1,
    tokensPerSecond: 1,
    memoryBytes: 1,
    elapsedMs: 1,
  }));
const request = (id: number, result: unknown): LargeAnswerRequest => ({
  id,
  procedure: 'runs.steps',
  bytes: new TextEncoder().encode(JSON.stringify(result)).buffer,
});

function messagesOf(asked: LargeAnswerRequest): LargeAnswerMessage[] {
  const messages: LargeAnswerMessage[] = [];
  answerInPieces(asked, message => messages.push(message));
  return messages;
}

test('two answers whose pieces arrive mixed are each whole', async () => {
  const [one, two] = [
    { total: 1, steps: steps(1, 2500) },
    { total: 2, steps: steps(9000, 3100) },
  ];
  const first = messagesOf(request(1, { ok: true, value: one }));
  const second = messagesOf(request(2, { ok: true, value: two }));
  const receiver = createLargeAnswerReceiver();
  const answers = Promise.all([receiver.expect(1), receiver.expect(2)]);
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    for (const message of [first[i], second[i]]) if (message) receiver.receive(message);
  }
  expect(await answers).toEqual([
    { ok: true, value: one, checked: true },
    { ok: true, value: two, checked: true },
  ]);
});

test('what is no answer, or not the one of the contract, becomes an error', async () => {
  const receiver = createLargeAnswerReceiver();
  const answers = [1, 2].map(id => receiver.expect(id));
  const broken = { id: 1, procedure: 'runs.steps', bytes: new ArrayBuffer(3) } as const;
  const wrong = request(2, { ok: true, value: { total: 'many', steps: [] } });
  for (const message of [...messagesOf(broken), ...messagesOf(wrong)]) receiver.receive(message);
  expect(await Promise.all(answers)).toMatchObject([
    { ok: false, error: { code: 'transport.unreachable' } },
    { ok: false, error: { code: 'transport.contractBroken' } },
  ]);
});

test('whoever waits hears that the worker is gone', async () => {
  const receiver = createLargeAnswerReceiver();
  const answer = receiver.expect(1);
  receiver.fail('out of memory');
  expect(await answer).toMatchObject({ ok: false, error: { code: 'transport.unreachable' } });
});
