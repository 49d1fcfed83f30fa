/** The socket's promise: a subscription outlives a lost connection, and says when it stands again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventSocket, reconnectDelayMs, type SocketLike } from './event-socket.ts';

class FakeSocket implements SocketLike {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: unknown[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  open(): void {
    this.onopen?.({} as Event);
  }
  receive(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }
  close(): void {
    this.onclose?.({} as CloseEvent);
  }
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setUp(options: { mayReconnect: boolean } = { mayReconnect: true }) {
  const sockets: FakeSocket[] = [];
  const socket = createEventSocket({
    url: new URL('ws://127.0.0.1/ws'),
    openSocket: () => {
      const opened = new FakeSocket();
      sockets.push(opened);
      return opened;
    },
    onOpen: () => {},
    onLost: () => {},
    mayReconnect: () => sockets.length === 0 || options.mayReconnect,
  });
  return { socket, sockets };
}

const silent = { event: () => {}, standing: () => {}, ended: () => {} };

test('subscribes again after the connection was lost, and tells that it stands', () => {
  const { socket, sockets } = setUp();
  const standing = vi.fn();
  const event = vi.fn();
  socket.subscribe('run.events', { id: 'a' }, { ...silent, standing, event });
  sockets[0]?.open();
  sockets[0]?.receive({ type: 'subscribed', id: 1 });
  sockets[0]?.receive({ type: 'event', id: 1, event: ['first'] });
  sockets[0]?.close();
  vi.advanceTimersByTime(250);
  sockets[1]?.open();
  sockets[1]?.receive({ type: 'subscribed', id: 1 });

  expect(sockets[1]?.sent).toEqual([{ type: 'subscribe', id: 1, stream: 'run.events', input: { id: 'a' } }]);
  expect(standing).toHaveBeenCalledTimes(2);
  expect(event.mock.calls).toEqual([[['first']]]);
});

test('keeps trying at growing intervals, and connects at once for a subscription made later', () => {
  const { socket, sockets } = setUp();
  const unsubscribe = socket.subscribe('runs.changed', {}, silent);
  sockets[0]?.close();
  vi.advanceTimersByTime(250);
  expect(sockets).toHaveLength(2);
  sockets[1]?.close();
  vi.advanceTimersByTime(499);
  expect(sockets).toHaveLength(2);
  unsubscribe();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(2);

  socket.subscribe('runs.changed', {}, silent);
  expect(sockets).toHaveLength(3);
});

test('stops trying where the session is gone', () => {
  const { socket, sockets } = setUp({ mayReconnect: false });
  socket.subscribe('runs.changed', {}, silent);
  sockets[0]?.close();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(1);
});

test('delivers nothing after unsubscribing', () => {
  const { socket, sockets } = setUp();
  const event = vi.fn();
  const unsubscribe = socket.subscribe('runs.changed', {}, { ...silent, event });
  sockets[0]?.open();
  unsubscribe();
  sockets[0]?.receive({ type: 'event', id: 1, event: { id: 'a' } });
  expect(event).not.toHaveBeenCalled();
  expect(sockets[0]?.sent.at(-1)).toEqual({ type: 'unsubscribe', id: 1 });
});

test('the delay doubles up to eight seconds', () => {
  expect([0, 1, 2, 5, 6, 20].map(reconnectDelayMs)).toEqual([250, 500, 1000, 8000, 8000, 8000]);
});
