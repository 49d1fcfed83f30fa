/** Test-only: requests as written, with any Host, Origin and path, which fetch would correct or forbid. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export function sendRaw(port: number, { method, path, headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method: method ?? 'GET', path: path ?? '/', agent: false };
    const outgoing = request({ ...options, headers: headers ?? {} }, incoming => {
      const chunks: Buffer[] = [];
      incoming.on('data', chunk => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Writes the bytes as they are and returns all that comes back until the host closes the connection. */
export function sendBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(port, '127.0.0.1', () => connection.write(bytes));
    let received = '';
    connection.on('data', chunk => {
      received += chunk;
    });
    connection.on('close', () => resolve(received));
    connection.on('error', reject);
  });
}

/** Opens the host's sign-in address and returns the session as a `Cookie` header. */
export async function signInWith(url: string): Promise<string> {
  const { port, pathname, search } = new URL(url);
  const answer = await sendRaw(Number(port), { path: pathname + search });
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}
