/** The session's promises: one answer per call, ordered events, nothing left open, nothing it chokes on. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../src-shared/contract/messages.ts';
import { createMessageSession, type MessageSession, SESSION_LIMITS } from './message-session.ts';
import { MemoryBackend } from './web/memory-backend.ts';

let backend: MemoryBackend;
let sent: ServerMessage[];
let session: MessageSession;

beforeEach(() => {
  backend = new MemoryBackend();
  sent = [];
  session = createMessageSession(backend, message => sent.push(message));
});

const call = (id: number, procedure = 'chat.answer') => ({ type: 'call', id, procedure, input: {} });
const subscribe = (id: number, stream = 'runs.changed') => ({ type: 'subscribe', id, stream, input: {} });
const codeOf = (message: ServerMessage | undefined) => {
  if (message?.type === 'result' && !message.result.ok) return message.result.error.code;
  return message?.type === 'ended' ? message.error?.code : undefined;
};

describe('calls', () => {
  it('answers a call with its id', async () => {
    session.receive({ type: 'call', id: 7, procedure: 'app.info', input: { a: 1 } });
    await nextTurn();
    expect(sent).toEqual([{ type: 'result', id: 7, result: { ok: true, value: { echo: { a: 1 } } } }]);
  });

  it('aborts a cancelled call and still answers it, once', async () => {
    session.receive(call(1));
    session.receive({ type: 'cancel', id: 1 });
    session.receive({ type: 'cancel', id: 1 });
    await nextTurn();
    expect(backend.aborted).toBe(1);
    expect(sent.map(codeOf)).toEqual(['call.cancelled']);
  });

  it('cancels only the call that is named, and ignores an unknown id', async () => {
    session.receive(call(1));
    session.receive(call(2));
    session.receive({ type: 'cancel', id: 2 });
    session.receive({ type: 'cancel', id: 99 });
    await nextTurn();
    expect(sent.map(message => message.id)).toEqual([2]);
    expect(backend.waiting.size).toBe(1);
  });

  it('ignores a second call with an open id, so that the first gets its own answer', async () => {
    session.receive(call(1));
    session.receive(call(1, 'app.info'));
    await nextTurn();
    expect(sent).toEqual([]);
    backend.release('first');
    await nextTurn();
    expect(sent).toEqual([{ type: 'result', id: 1, result: { ok: true, value: 'first' } }]);
  });

  it('lets an id be used again after its answer', async () => {
    session.receive(call(1, 'app.info'));
    await nextTurn();
    session.receive(call(1, 'app.info'));
    await nextTurn();
    expect(sent).toHaveLength(2);
  });

  it('refuses the call past the limit and takes calls again after an answer', async () => {
    for (let id = 0; id <= SESSION_LIMITS.openCalls; id += 1) session.receive(call(id));
    await nextTurn();
    expect(sent.map(codeOf)).toEqual(['session.tooManyCalls']);
    expect(backend.waiting.size).toBe(SESSION_LIMITS.openCalls);
    backend.release(null);
    await nextTurn();
    session.receive(call(500, 'app.info'));
    await nextTurn();
    expect(sent.at(-1)).toMatchObject({ id: 500, result: { ok: true } });
  });
});

describe('subscriptions', () => {
  it('confirms before the first event and stops after unsubscribe', () => {
    session.receive(subscribe(3));
    backend.publish('runs.changed', { id: 'a' });
    session.receive({ type: 'unsubscribe', id: 3 });
    backend.publish('runs.changed', { id: 'b' });
    expect(sent).toEqual([
      { type: 'subscribed', id: 3 },
      { type: 'event', id: 3, event: { id: 'a' } },
    ]);
    expect(backend.openSubscriptions).toBe(0);
  });

  it('puts events that come while subscribing behind the confirmation', () => {
    backend.eventsWhileSubscribing.push('early');
    session.receive(subscribe(3));
    backend.publish('runs.changed', 'later');
    expect(sent.map(message => (message.type === 'event' ? message.event : message.type))).toEqual([
      'subscribed',
      'early',
      'later',
    ]);
  });

  it('says why a subscription was refused', () => {
    session.receive(subscribe(4, 'no.such.stream'));
    expect(sent.map(codeOf)).toEqual(['subscription.unknownStream']);
  });

  it('keeps calls and subscriptions with the same id apart', async () => {
    session.receive(call(1));
    session.receive(subscribe(1));
    session.receive({ type: 'unsubscribe', id: 1 });
    expect(backend.waiting.size).toBe(1);
    expect(backend.openSubscriptions).toBe(0);
  });

  it('refuses the subscription past the limit', () => {
    for (let id = 0; id <= SESSION_LIMITS.openSubscriptions; id += 1) session.receive(subscribe(id));
    expect(codeOf(sent.at(-1))).toBe('session.tooManySubscriptions');
    expect(backend.openSubscriptions).toBe(SESSION_LIMITS.openSubscriptions);
  });
});

describe('broken messages', () => {
  it.each([
    undefined,
    null,
    'call',
    42,
    [],
    {},
    { type: 'call' },
    { type: 'cancel', id: 'x' },
    { type: 'call', id: -1, procedure: 'app.info', input: {} },
    { type: 'call', id: 1.5, procedure: 'app.info', input: {} },
    { type: 'launch', id: 1 },
  ])('ignores %j, which tells nobody to answer to', async raw => {
    session.receive(raw);
    await nextTurn();
    expect(sent).toEqual([]);
  });

  it('answers a broken call and a broken subscription under their ids', () => {
    session.receive({ type: 'call', id: 5, procedure: 3, input: {} });
    session.receive({ ...subscribe(6), extra: true });
    expect(sent.map(message => [message.type, message.id, codeOf(message)])).toEqual([
      ['result', 5, 'message.malformed'],
      ['ended', 6, 'message.malformed'],
    ]);
  });

  it('does not answer a broken call in the place of an open one', () => {
    session.receive(call(5));
    session.receive({ type: 'call', id: 5 });
    expect(sent).toEqual([]);
  });
});

describe('the end of a session', () => {
  it('aborts calls, ends subscriptions and sends nothing any more', async () => {
    session.receive(call(1));
    session.receive(subscribe(2));
    sent.length = 0;
    session.close();
    session.close();
    backend.publish('runs.changed', { id: 'a' });
    session.receive(call(3, 'app.info'));
    await nextTurn();
    expect(backend.aborted).toBe(1);
    expect(backend.openSubscriptions).toBe(0);
    expect(sent).toEqual([]);
  });
});
