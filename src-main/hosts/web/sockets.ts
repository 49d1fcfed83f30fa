/** The sockets on `/ws`: one message session each, kept alive by pings, dropped when the page is too slow. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ServerMessage } from '../../../src-shared/contract/messages.ts';
import type { BackendFace } from '../../backend/backend-face.ts';
import { createMessageSession, type MessageSession } from '../message-session.ts';
import type { WebLimits } from './limits.ts';

/** Why the host closes a socket. After each a page may connect again and has to load its state anew. */
export const CLOSE_CODES = {
  /** The host is closing (RFC 6455). */
  goingAway: 1001,
  /** Only text is spoken here (RFC 6455). */
  unsupportedData: 1003,
  /** More than `waitingBytes` waited for the page; events were lost. */
  tooSlow: 4008,
} as const;

export interface Sockets {
  /** Whether another socket may open. */
  hasRoom(): boolean;
  /** Takes over a connection whose upgrade request has been checked. */
  accept(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Closes every socket, by force after `goodbyeMs`. Idempotent. */
  close(): Promise<void>;
}

interface Peer {
  readonly session: MessageSession;
  answeredPing: boolean;
}

/** Opens no port itself: the host's server hands over the connections. */
export function createSockets(backend: BackendFace, limits: WebLimits): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes });
  const peers = new Map<WebSocket, Peer>();
  const pings = setInterval(() => pingAll(peers), limits.pingIntervalMs);

  function serve(socket: WebSocket): void {
    const session = createMessageSession(backend, message => post(socket, message));
    const peer: Peer = { session, answeredPing: true };
    peers.set(socket, peer);
    socket.on('pong', () => {
      peer.answeredPing = true;
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) dismiss(socket, CLOSE_CODES.unsupportedData, 'text only');
      else session.receive(parseOrUndefined(String(data)));
    });
    // Broken frames and lost connections: `ws` closes the socket by itself, with the right code.
    socket.on('error', () => {});
    socket.once('close', () => {
      session.close();
      peers.delete(socket);
    });
  }

  function post(socket: WebSocket, message: ServerMessage): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > limits.waitingBytes) dismiss(socket, CLOSE_CODES.tooSlow, 'too slow');
    else socket.send(JSON.stringify(message));
  }

  /** The close frame queues behind what waits already, so a page that reads nothing never sees it. */
  function dismiss(socket: WebSocket, code: number, reason: string): void {
    peers.get(socket)?.session.close();
    socket.close(code, reason);
    const force = setTimeout(() => socket.terminate(), limits.goodbyeMs);
    socket.once('close', () => clearTimeout(force));
  }

  return {
    hasRoom: () => peers.size < limits.sockets,
    accept(request, connection, head) {
      server.handleUpgrade(request, connection, head, serve);
    },
    async close() {
      clearInterval(pings);
      const open = [...peers.keys()];
      await Promise.all(
        open.map(socket => {
          const gone = new Promise<void>(resolve => socket.once('close', () => resolve()));
          dismiss(socket, CLOSE_CODES.goingAway, 'closing');
          return gone;
        }),
      );
    },
  };
}

function pingAll(peers: ReadonlyMap<WebSocket, Peer>): void {
  for (const [socket, peer] of peers) {
    if (!peer.answeredPing) {
      socket.terminate();
      continue;
    }
    peer.answeredPing = false;
    socket.ping();
  }
}

/** Text that is not JSON becomes undefined, which the session ignores as it does any broken message. */
function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
