/** The contract over the web host: calls are POST /api/<procedure>, events come over the socket /ws. */
import { callResultSchema } from '../../src-shared/contract/messages.ts';
import { isProcedureName } from '../../src-shared/contract/procedures.ts';
import { strings } from '../strings.ts';
import { createEventSocket } from './event-socket.ts';
import { createLargeAnswers, type LargeAnswers } from './large-answer.ts';
import { createObservable } from './observable.ts';
import type { ConnectionStatus, Transport, TransportAnswer } from './transport.ts';

/** Larger answers are parsed and checked in a worker, so that the page stays responsive. */
const LARGE_ANSWER_BYTES = 200_000;

export function createWebTransport(root: URL): Transport {
  const connection = createObservable<ConnectionStatus>('connecting');
  const largeAnswers = createLargeAnswers();

  async function call(
    procedure: string,
    input: unknown,
    signal: AbortSignal | undefined,
  ): Promise<TransportAnswer> {
    try {
      const { query, ...body } = bodyOf(input);
      const response = await fetch(new URL(`api/${procedure}${query}`, root), {
        method: 'POST',
        ...body,
        credentials: 'same-origin',
        ...(signal ? { signal } : {}),
      });
      if (response.status === 401) {
        connection.set('signedOut');
        return { ok: false, error: { code: 'transport.signedOut', ...strings.transport.signedOut } };
      }
      const bytes = await response.arrayBuffer();
      if (connection.get() === 'connecting') {
        connection.set('open');
        // Nothing that the page waits for: only once it has nothing else to do.
        whenIdle(largeAnswers.warmUp);
      }
      return await readAnswer(procedure, bytes, response.status, largeAnswers);
    } catch (thrown) {
      if (signal?.aborted) {
        return { ok: false, error: { code: 'transport.cancelled', ...strings.transport.cancelled } };
      }
      return unreachable(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  const socket = createEventSocket({
    url: socketUrl(root),
    openSocket: url => new WebSocket(url),
    /** A refused handshake looks the same as a missing host; only a call tells the two apart. */
    onLost: () => {
      if (connection.get() !== 'signedOut') connection.set('lost');
      void call('app.info', {}, undefined);
    },
    onOpen: () => connection.set('open'),
    mayReconnect: () => connection.get() !== 'signedOut',
  });

  return { connection, call, subscribe: socket.subscribe };
}

/** JSON, or for a part of a file its bytes, with everything else in the address. */
function bodyOf(input: unknown): { query: string; headers: Record<string, string>; body: BodyInit } {
  const { part, ...rest } = (input ?? {}) as { part?: unknown };
  if (!(part instanceof Uint8Array)) {
    return { query: '', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) };
  }
  const query = new URLSearchParams(Object.entries(rest).map(([key, value]) => [key, String(value)]));
  return {
    query: `?${query}`,
    headers: { 'content-type': 'application/octet-stream' },
    body: part as Uint8Array<ArrayBuffer>,
  };
}

async function readAnswer(
  procedure: string,
  bytes: ArrayBuffer,
  status: number,
  largeAnswers: LargeAnswers,
): Promise<TransportAnswer> {
  if (bytes.byteLength > LARGE_ANSWER_BYTES && isProcedureName(procedure)) {
    return largeAnswers.parse(procedure, bytes);
  }
  const parsed = callResultSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
  if (!parsed.success) return unreachable(`HTTP ${status}`);
  const result = parsed.data;
  return result.ok ? { ok: true, value: result.value, checked: false } : result;
}

/** Safari has no idle callbacks. */
function whenIdle(work: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(work);
  else setTimeout(work, 1000);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(fact: string): TransportAnswer {
  return { ok: false, error: { code: 'transport.unreachable', ...strings.transport.unreachable(fact) } };
}

function socketUrl(root: URL): URL {
  const url = new URL('ws', root);
  url.protocol = root.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}
