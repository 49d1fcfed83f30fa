/** Over the bridge, answers find their questions, and a withdrawn question is told to the backend. */
import { expect, test, vi } from 'vitest';
import type { ClientMessage, LuthierBridge, ServerMessage } from '../../src-shared/contract/messages.ts';
import { ALL_RUNS } from '../../src-shared/domain/run-list.ts';
import { createBridgeTransport } from './bridge-transport.ts';
import { createBackendClient } from './client.ts';

function setUp() {
  const sent: ClientMessage[] = [];
  let deliver: (message: ServerMessage) => void = () => {};
  const bridge: LuthierBridge = {
    connect(onMessage) {
      deliver = onMessage;
      return message => sent.push(message);
    },
  };
  const client = createBackendClient(createBridgeTransport(bridge));
  return { client, sent, deliver: (message: ServerMessage) => deliver(message) };
}

test('answers that arrive in another order reach their own questions', async () => {
  const { client, deliver } = setUp();
  const first = client.call('runs.start', { kind: 'demo' });
  const second = client.call('runs.stop', { id: 'a' });
  deliver({ type: 'result', id: 2, result: { ok: true, value: {} } });
  deliver({ type: 'result', id: 1, result: { ok: true, value: { id: 'a' } } });
  expect(await first).toEqual({ ok: true, value: { id: 'a' } });
  expect(await second).toEqual({ ok: true, value: {} });
});

test('a withdrawn call is cancelled in the backend, and its late answer is ignored', async () => {
  const { client, sent, deliver } = setUp();
  const abort = new AbortController();
  const answer = client.call('runs.list', ALL_RUNS, { signal: abort.signal });
  abort.abort();
  deliver({
    type: 'result',
    id: 1,
    result: { ok: true, value: { runs: [], matches: 0, total: 0, deleted: 0, groups: [] } },
  });
  expect(await answer).toMatchObject({ ok: false, error: { code: 'transport.cancelled' } });
  expect(sent).toEqual([
    { type: 'call', id: 1, procedure: 'runs.list', input: ALL_RUNS },
    { type: 'cancel', id: 1 },
  ]);
});

test('an answer that breaks the contract is an error, never a value', async () => {
  const { client, deliver } = setUp();
  const answer = client.call('runs.list', ALL_RUNS);
  deliver({ type: 'result', id: 1, result: { ok: true, value: { runs: [{ id: 7 }] } } });
  expect(await answer).toMatchObject({ ok: false, error: { code: 'transport.contractBroken' } });
});

test('events reach their listener until it unsubscribes', () => {
  const { client, sent, deliver } = setUp();
  const event = vi.fn();
  const standing = vi.fn();
  const unsubscribe = client.subscribe('runs.changed', {}, { event, standing });
  deliver({ type: 'subscribed', id: 1 });
  deliver({ type: 'event', id: 1, event: { id: 'a' } });
  unsubscribe();
  unsubscribe();
  deliver({ type: 'event', id: 1, event: { id: 'b' } });
  expect(standing).toHaveBeenCalledTimes(1);
  expect(event.mock.calls).toEqual([[{ id: 'a' }]]);
  expect(sent.filter(({ type }) => type === 'unsubscribe')).toHaveLength(1);
});
