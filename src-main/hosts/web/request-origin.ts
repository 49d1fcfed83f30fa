/** Whether a request was meant for this host and comes from its own page. */
import type { IncomingMessage } from 'node:http';

/** `http://127.0.0.1:4173`; without the port where it is 80, as browsers write it. */
export function originOf(port: number): string {
  return new URL(`http://127.0.0.1:${port}`).origin;
}

/**
 * The Host must be this host's own address, letter by letter: a name that resolves to 127.0.0.1
 * belongs to whoever rebound it (DNS rebinding). `localhost` is no exception, because the page's
 * cookie and policy name 127.0.0.1.
 *
 * An Origin, where there is one, must be the host's own: pages of other ports count as the same site,
 * so a strict cookie alone does not keep them out. Browsers send one with every POST and every
 * socket; programs need none.
 */
export function isOwnRequest(request: IncomingMessage, origin: string): boolean {
  const { host: hosts = [] } = request.headersDistinct;
  const isOwnHost = hosts.length === 1 && `http://${hosts[0]}` === origin;
  const isOwnOrigin = request.headers.origin === undefined || request.headers.origin === origin;
  return isOwnHost && isOwnOrigin;
}
