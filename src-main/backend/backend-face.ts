/** What every host sees of the backend: checked calls, event streams, one way to close. */
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import type { CallResult } from '../../src-shared/contract/messages.ts';

export interface Subscription {
  /** Idempotent. */
  unsubscribe(): void;
}

export type SubscribeResult =
  | { readonly ok: true; readonly subscription: Subscription }
  | { readonly ok: false; readonly error: CodedError };

export interface BackendFace {
  /**
   * Runs a procedure of the contract by name. Input is validated here, so hosts pass on what they
   * received. Never rejects: unknown names, wrong input and faults are coded errors.
   */
  call(procedure: string, input: unknown, signal: AbortSignal): Promise<CallResult>;
  /** `onEvent` receives the stream's events, already in the contract's shape. */
  subscribe(stream: string, input: unknown, onEvent: (event: unknown) => void): SubscribeResult;
  /** Stops child processes (running trainings are stopped and kept) and closes the database. */
  close(): Promise<void>;
}
