/** What the web host answers where: checks first, then sign-in, calls, sockets and the page's files. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { BackendFace } from '../../backend/backend-face.ts';
import { answerCall } from './api.ts';
import type { WebLimits } from './limits.ts';
import { readPageFile } from './page-files.ts';
import { pageHeaders } from './page-headers.ts';
import { isOwnRequest } from './request-origin.ts';
import { writeBody, writeHtml, writeResult, writeText } from './responses.ts';
import type { SignIn } from './sign-in.ts';
import { renderSignInPage, SIGN_IN_STYLE, SIGN_IN_STYLE_PATH } from './sign-in-page.ts';
import type { Sockets } from './sockets.ts';

export interface Routes {
  readonly backend: BackendFace;
  readonly rendererDirectory: string;
  readonly version: string;
  readonly limits: WebLimits;
  /** The host's own address: `http://127.0.0.1:4173`. */
  readonly origin: string;
  readonly signIn: SignIn;
  readonly sockets: Sockets;
}

/** Answers one request. Never rejects: a fault of the host's own is a plain 500. */
export async function answerRequest(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const socketAddress = routes.origin.replace('http:', 'ws:');
  for (const [name, value] of Object.entries(pageHeaders(["'self'", socketAddress]))) {
    response.setHeader(name, value);
  }
  try {
    await route(routes, request, response);
  } catch (fault) {
    if (response.headersSent) response.destroy();
    else writeText(response, 500, `The studio met a fault of its own: ${(fault as Error).message}`);
  }
}

async function route(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isOwnRequest(request, routes.origin)) {
    writeText(response, 403, foreignRequest(routes.origin));
    return;
  }
  const { path, query } = splitTarget(request.url ?? '/');
  const isSignedIn = routes.signIn.isSignedIn(request.headers.cookie);
  if (path === '/ws') {
    if (isSignedIn) writeText(response, 426, 'This is a WebSocket.', { upgrade: 'websocket' });
    else writeText(response, 401, 'This browser is not signed in.');
  } else if (path === '/api' || path.startsWith('/api/')) {
    if (isSignedIn)
      await routeCall(routes, request, response, { procedure: path.slice('/api/'.length), query });
    else writeResult(response, 401, { ok: false, error: NOT_SIGNED_IN });
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    writeText(response, 405, 'Pages are read with GET.', { allow: 'GET, HEAD' });
  } else if (path === '/' && query.has('token') && request.method === 'GET') {
    exchangeToken(routes, response, query.get('token') ?? '');
  } else if (path === SIGN_IN_STYLE_PATH) {
    writeBody(response, 200, SIGN_IN_STYLE, { 'content-type': 'text/css; charset=utf-8' });
  } else if (!isSignedIn) {
    writeHtml(response, 401, renderSignInPage('noSession', routes.version));
  } else {
    await writePageFile(routes, response, path);
  }
}

/** Not parsed as a URL, which would fold `..` away before it can be refused. */
function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const [path = '/', ...query] = target.split('?');
  return { path, query: new URLSearchParams(query.join('?')) };
}

async function routeCall(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly procedure: string; readonly query: URLSearchParams },
): Promise<void> {
  const answer = await answerCall(request, response, target, routes.backend, routes.limits);
  if (answer !== null) writeResult(response, answer.status, answer.result);
}

/** 303: the browser asks for `/` again with the cookie, and the token leaves the address bar. */
function exchangeToken(routes: Routes, response: ServerResponse, token: string): void {
  const cookie = routes.signIn.redeem(token);
  if (cookie === null) writeHtml(response, 403, renderSignInPage('tokenRefused', routes.version));
  else writeBody(response, 303, '', { location: '/', 'set-cookie': cookie });
}

async function writePageFile(routes: Routes, response: ServerResponse, path: string): Promise<void> {
  const file = await readPageFile(routes.rendererDirectory, path);
  if (file.kind === 'file') writeBody(response, 200, file.bytes, file.headers);
  else if (file.kind === 'refused') writeText(response, 403, 'The path leaves the page.');
  else writeText(response, 404, 'The studio has no such file.');
}

/** Hands `/ws` to the sockets, after the same checks. */
export function answerUpgrade(
  routes: Routes,
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
): void {
  connection.on('error', () => {}); // the client left during the handshake: nobody to tell
  const { path } = splitTarget(request.url ?? '/');
  if (!isOwnRequest(request, routes.origin)) refuseUpgrade(connection, '403 Forbidden');
  else if (path !== '/ws') refuseUpgrade(connection, '404 Not Found');
  else if (!routes.signIn.isSignedIn(request.headers.cookie)) refuseUpgrade(connection, '401 Unauthorized');
  else if (!routes.sockets.hasRoom()) refuseUpgrade(connection, '503 Service Unavailable');
  else routes.sockets.accept(request, connection, head);
}

function refuseUpgrade(connection: Duplex, status: string): void {
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const NOT_SIGNED_IN: CodedError = {
  code: 'web.notSignedIn',
  title: 'This browser is not signed in.',
  cause: 'The request carries no session of the running studio.',
  remedy: 'Open the address that `luthier serve` prints when it starts.',
};

function foreignRequest(origin: string): string {
  return `The studio answers at ${origin} only, and only its own page. Open the address that it printed; through a tunnel, use the same port on both ends.`;
}
