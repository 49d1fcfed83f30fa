/** The typed client that the page uses, whichever transport carries it. */
import type { CodedError, Outcome } from '../../src-shared/contract/coded-error.ts';
import type {
  ProcedureInput,
  ProcedureName,
  ProcedureOutput,
  StreamEvent,
  StreamInput,
  StreamName,
} from '../../src-shared/contract/procedures.ts';
import { checkEvent, checkOutput } from './check-output.ts';
import type { Observable } from './observable.ts';
import type { ConnectionStatus, Transport } from './transport.ts';

export interface StreamListener<N extends StreamName> {
  event(event: StreamEvent<N>): void;
  /** The subscription stands. Load what came before now: also called after each reconnection. */
  standing?(): void;
  /** It ended for good; null where the backend closed it in order. */
  ended?(error: CodedError | null): void;
}

export interface BackendClient {
  readonly connection: Observable<ConnectionStatus>;
  /** Never rejects; the output has been validated by the contract's schema. */
  call<N extends ProcedureName>(
    name: N,
    input: ProcedureInput<N>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Outcome<ProcedureOutput<N>>>;
  /** Returns what ends the subscription; idempotent. */
  subscribe<N extends StreamName>(name: N, input: StreamInput<N>, listener: StreamListener<N>): () => void;
}

export function createBackendClient(transport: Transport): BackendClient {
  return {
    connection: transport.connection,

    async call<N extends ProcedureName>(
      name: N,
      input: ProcedureInput<N>,
      options: { readonly signal?: AbortSignal } = {},
    ): Promise<Outcome<ProcedureOutput<N>>> {
      const answer = await transport.call(name, input, options.signal);
      if (!answer.ok) return answer;
      if (answer.checked) return { ok: true, value: answer.value as ProcedureOutput<N> };
      return checkOutput(name, answer.value);
    },

    subscribe(name, input, listener) {
      return transport.subscribe(name, input, {
        event(event) {
          const checked = checkEvent(name, event);
          if (checked.ok) listener.event(checked.value);
          else listener.ended?.(checked.error);
        },
        standing: () => listener.standing?.(),
        ended: error => listener.ended?.(error),
      });
    },
  };
}
