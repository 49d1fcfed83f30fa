/** Event sockets over real connections: streams, calls, broken input, slow and silent pages. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MemoryBackend } from './memory-backend.ts';
import { signInWith } from './raw-client.ts';
import { CLOSE_CODES } from './sockets.ts';
import { startWebHost, type WebHost } from './web-host.ts';

let backend: MemoryBackend;
let host: WebHost;
let cookie: string;
const opened: WebSocket[] = [];

beforeEach(async () => {
  backend = new MemoryBackend();
  await restart({});
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.terminate();
  await host.close();
});

async function restart(limits: object): Promise<void> {
  await host?.close();
  host = await startWebHost({ backend, rendererDirectory: '/nowhere', port: 0, version: '1', limits });
  cookie = await signInWith(host.url);
}

interface Page {
  readonly socket: WebSocket;
  readonly received: unknown[];
  readonly closed: Promise<number>;
  say(message: unknown): void;
}

async function openPage(options: { autoPong?: boolean } = {}): Promise<Page> {
  const url = `ws://127.0.0.1:${host.port}`;
  const headers = { cookie, origin: url.replace('ws', 'http') };
  const socket = new WebSocket(`${url}/ws`, { ...options, headers });
  opened.push(socket);
  const received: unknown[] = [];
  socket.on('message', data => received.push(JSON.parse(String(data))));
  const closed = new Promise<number>(resolve => socket.on('close', resolve));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return { socket, received, closed, say: message => socket.send(JSON.stringify(message)) };
}

const subscribe = { type: 'subscribe', id: 1, stream: 'runs.changed', input: {} };
const info = { type: 'call', id: 9, procedure: 'app.info', input: 1 };
const infoResult = { type: 'result', id: 9, result: { ok: true, value: { echo: 1 } } };
const until = (page: Page, count: number) =>
  vi.waitFor(() => expect(page.received).toHaveLength(count), { interval: 5 });

describe('a page’s socket', () => {
  it('streams events to the page that subscribed, and to no other', async () => {
    const [page, other] = await Promise.all([openPage(), openPage()]);
    page.say(subscribe);
    await until(page, 1);
    backend.publish('runs.changed', { id: 'run-1' });
    await until(page, 2);
    expect(page.received).toEqual([
      { type: 'subscribed', id: 1 },
      { type: 'event', id: 1, event: { id: 'run-1' } },
    ]);
    expect(other.received).toEqual([]);
  });

  it('ends a subscription on request', async () => {
    const page = await openPage();
    page.say(subscribe);
    page.say({ type: 'unsubscribe', id: 1 });
    page.say(info);
    await until(page, 2);
    expect(backend.openSubscriptions).toBe(0);
  });

  it('carries calls and their cancellation', async () => {
    const page = await openPage();
    page.say({ type: 'call', id: 4, procedure: 'chat.answer', input: {} });
    page.say({ type: 'cancel', id: 4 });
    await until(page, 1);
    expect(page.received).toMatchObject([{ type: 'result', id: 4, result: { ok: false } }]);
    expect(backend.aborted).toBe(1);
  });

  it('gives back everything when the page goes away', async () => {
    const page = await openPage();
    page.say(subscribe);
    page.say({ type: 'call', id: 4, procedure: 'chat.answer', input: {} });
    await vi.waitFor(() => expect(backend.waiting.size).toBe(1));
    page.socket.terminate();
    await vi.waitFor(() => expect([backend.openSubscriptions, backend.aborted]).toEqual([0, 1]));
  });

  it('survives text that is no message', async () => {
    const page = await openPage();
    for (const text of ['', '{', 'null', '[]', '{"type":"launch"}', '{"__proto__":1}'])
      page.socket.send(text);
    page.say(info);
    await until(page, 1);
    expect(page.received).toEqual([infoResult]);
  });

  it('is closed on binary data and on a message past the limit', async () => {
    const binary = await openPage();
    binary.socket.send(new Uint8Array([1, 2, 3]));
    expect(await binary.closed).toBe(CLOSE_CODES.unsupportedData);
    const large = await openPage();
    large.socket.send('x'.repeat(1024 * 1024 + 1));
    expect(await large.closed).toBe(1009); // RFC 6455: message too big
  });
});

describe('limits', () => {
  it('drop a page that reads too slowly, and everything it subscribed to', async () => {
    await restart({ waitingBytes: 256 * 1024, goodbyeMs: 50 });
    const page = await openPage();
    page.say(subscribe);
    await until(page, 1);
    page.socket.pause();
    const event = { id: 'x'.repeat(1024 * 1024) };
    await vi.waitFor(
      () => {
        backend.publish('runs.changed', event);
        expect(backend.openSubscriptions).toBe(0);
      },
      { interval: 1, timeout: 10_000 },
    );
    page.socket.resume();
    await page.closed;
  });

  it('tell a page that catches up why it was dropped', async () => {
    await restart({ waitingBytes: 256 * 1024, goodbyeMs: 30_000 });
    const page = await openPage();
    page.say(subscribe);
    await until(page, 1);
    page.socket.pause();
    for (let sent = 0; sent < 100; sent += 1) {
      backend.publish('runs.changed', { id: 'x'.repeat(1024 * 1024) });
    }
    expect(backend.openSubscriptions).toBe(0);
    page.socket.resume();
    expect(await page.closed).toBe(CLOSE_CODES.tooSlow);
  });

  it('leave a page alone that keeps up with as much', async () => {
    await restart({ waitingBytes: 256 * 1024 });
    const page = await openPage();
    page.say(subscribe);
    await until(page, 1);
    for (let sent = 1; sent <= 20; sent += 1) {
      backend.publish('runs.changed', { id: 'x'.repeat(1024 * 1024) });
      await until(page, 1 + sent);
    }
    expect(backend.openSubscriptions).toBe(1);
  });

  it('end a page that answers no ping, and keep one that does', async () => {
    await restart({ pingIntervalMs: 600 });
    const alive = await openPage();
    const silent = await openPage({ autoPong: false });
    expect(await silent.closed).toBe(1006); // RFC 6455: no close frame came
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('refuse one socket too many', async () => {
    await restart({ sockets: 1 });
    await openPage();
    await expect(openPage()).rejects.toThrow('503');
  });
});

describe('the host’s end', () => {
  it('says goodbye to open sockets', async () => {
    const page = await openPage();
    page.say(subscribe);
    await until(page, 1);
    await host.close();
    expect(await page.closed).toBe(CLOSE_CODES.goingAway);
    expect(backend.openSubscriptions).toBe(0);
  });

  it('does not wait for a page that does not answer', async () => {
    await restart({ goodbyeMs: 50 });
    const page = await openPage();
    page.socket.pause();
    await host.close();
    page.socket.resume();
    await page.closed;
  });

  it('takes other addresses for no socket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/elsewhere`, { headers: { cookie } });
    await expect(new Promise((_, reject) => socket.on('error', reject))).rejects.toThrow('404');
  });
});
