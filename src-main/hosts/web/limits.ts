/** What the web host grants a client: sizes, waiting times, numbers. */
import { PART_BYTES } from '../../../src-shared/domain/dropped-file.ts';

export const WEB_LIMITS = {
  /** A part of a file that a page hands over. */
  partBytes: PART_BYTES,
  /** A call's body, and one message on the socket. */
  messageBytes: 1024 * 1024,
  /** Bytes that wait for a slow page; past this its socket is dropped. */
  waitingBytes: 8 * 1024 * 1024,
  /** Open sockets, all pages together. */
  sockets: 64,
  /** Between two pings; a page that has not answered the last one by then is gone. */
  pingIntervalMs: 30_000,
  /** From the first byte of a request to its last. The answer may take as long as the work does. */
  requestMs: 30_000,
  /** What a closed socket gets to say goodbye. */
  goodbyeMs: 1_000,
} as const;

export type WebLimits = { readonly [K in keyof typeof WEB_LIMITS]: number };
