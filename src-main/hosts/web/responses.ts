/** Writes whole answers: every one with its length, the page's security headers and a caching rule. */
import type { ServerResponse } from 'node:http';
import type { CallResult } from '../../../src-shared/contract/messages.ts';

/** Adds to the security headers already set on `response`; not cached unless `headers` says so. */
export function writeBody(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { 'cache-control': 'no-store', 'content-length': length, ...headers });
  response.end(body);
}

export function writeText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  writeBody(response, status, `${text}\n`, { 'content-type': 'text/plain; charset=utf-8', ...headers });
}

export function writeHtml(response: ServerResponse, status: number, html: string): void {
  writeBody(response, status, html, { 'content-type': 'text/html; charset=utf-8' });
}

export function writeResult(response: ServerResponse, status: number, result: CallResult): void {
  const allow: Record<string, string> = status === 405 ? { allow: 'POST' } : {};
  writeBody(response, status, JSON.stringify(result), {
    'content-type': 'application/json; charset=utf-8',
    ...allow,
  });
}
