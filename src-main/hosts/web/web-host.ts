/** The studio in a browser: one HTTP server on 127.0.0.1 for page, calls and event sockets. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedException } from '../../../src-shared/contract/coded-error.ts';
import type { BackendFace } from '../../backend/backend-face.ts';
import { WEB_LIMITS, type WebLimits } from './limits.ts';
import { originOf } from './request-origin.ts';
import { answerRequest, answerUpgrade, type Routes } from './routes.ts';
import { createSignIn } from './sign-in.ts';
import { createSockets, type Sockets } from './sockets.ts';

export interface WebHostOptions {
  readonly backend: BackendFace;
  /** The built page: index.html and its assets. */
  readonly rendererDirectory: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly version: string;
  readonly limits?: Partial<WebLimits>;
}

export interface WebHost {
  /** Signs in the first browser that opens it, once. */
  readonly url: string;
  readonly port: number;
  /** Makes another address like `url`, for another browser. */
  issueToken(): string;
  /** Ends sockets and open calls and frees the port; the backend stays open. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the host on 127.0.0.1 and resolves once it accepts connections. Rejects with a CodedException,
 * `web.portUnavailable`, where the port is taken or not allowed. A page that has not been built shows
 * as 404; calls work without it.
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const limits = { ...WEB_LIMITS, ...options.limits };
  const server = createServer({
    requestTimeout: limits.requestMs,
    headersTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.requestMs / 2,
  });
  const port = await listen(server, options.port);
  const origin = originOf(port);
  const signIn = createSignIn(port);
  const sockets = createSockets(options.backend, limits);
  const routes: Routes = { ...options, limits, origin, signIn, sockets };
  server.on('request', (request, response) => void answerRequest(routes, request, response));
  server.on('upgrade', (request, connection, head) => answerUpgrade(routes, request, connection, head));

  const issueToken = () => `${origin}/?token=${signIn.issueToken()}`;
  let closing: Promise<void> | null = null;
  return {
    url: issueToken(),
    port,
    issueToken,
    close() {
      closing ??= shut(server, sockets);
      return closing;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (fault: NodeJS.ErrnoException) => reject(portUnavailable(port, fault));
    server.once('error', refuse);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', refuse);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function portUnavailable(port: number, fault: NodeJS.ErrnoException): CodedException {
  return new CodedException({
    code: 'web.portUnavailable',
    title: `Port ${port} cannot be opened on 127.0.0.1.`,
    cause: fault.code === 'EADDRINUSE' ? 'Another program listens on it.' : fault.message,
    remedy: 'Choose another port, or 0 for any free one.',
  });
}

async function shut(server: Server, sockets: Sockets): Promise<void> {
  const freed = new Promise<void>(resolve => server.close(() => resolve()));
  await sockets.close();
  server.closeAllConnections();
  await freed;
}
