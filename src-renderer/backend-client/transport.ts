/** What carries the contract: the web host's HTTP and socket, or Electron's bridge. */
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { Observable } from './observable.ts';

/**
 * `connecting` until the first answer, `lost` while it tries again by itself, `signedOut` when the host
 * does not know this page's session.
 */
export type ConnectionStatus = 'connecting' | 'open' | 'lost' | 'signedOut';

export interface StreamHandlers {
  event(event: unknown): void;
  /** The subscription stands, again after each reconnection: events before it may have been missed. */
  standing(): void;
  /** It ended for good, by a fault or because the backend closed. */
  ended(error: CodedError | null): void;
}

export type TransportAnswer =
  /** `checked`: the transport has validated the value against the contract already. */
  | { readonly ok: true; readonly value: unknown; readonly checked: boolean }
  | { readonly ok: false; readonly error: CodedError };

export interface Transport {
  readonly connection: Observable<ConnectionStatus>;
  /** Never rejects: every failure is a coded error. */
  call(procedure: string, input: unknown, signal: AbortSignal | undefined): Promise<TransportAnswer>;
  /** Returns what ends the subscription; idempotent. */
  subscribe(stream: string, input: unknown, handlers: StreamHandlers): () => void;
}
