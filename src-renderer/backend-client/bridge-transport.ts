/** The contract over Electron's bridge: calls, cancellation and streams on one two-way channel. */
import type { LuthierBridge, ServerMessage } from '../../src-shared/contract/messages.ts';
import { strings } from '../strings.ts';
import { createObservable } from './observable.ts';
import type { ConnectionStatus, StreamHandlers, Transport, TransportAnswer } from './transport.ts';

export function createBridgeTransport(bridge: LuthierBridge): Transport {
  const connection = createObservable<ConnectionStatus>('open');
  const pending = new Map<number, (answer: TransportAnswer) => void>();
  const streams = new Map<number, StreamHandlers>();
  let lastId = 0;
  const send = bridge.connect(receive);

  function receive(message: ServerMessage): void {
    switch (message.type) {
      case 'result': {
        const { result } = message;
        settle(message.id, result.ok ? { ok: true, value: result.value, checked: false } : result);
        return;
      }
      case 'subscribed':
        streams.get(message.id)?.standing();
        return;
      case 'event':
        streams.get(message.id)?.event(message.event);
        return;
      case 'ended': {
        const handlers = streams.get(message.id);
        streams.delete(message.id);
        handlers?.ended(message.error);
      }
    }
  }

  function settle(id: number, answer: TransportAnswer): void {
    const resolve = pending.get(id);
    pending.delete(id);
    resolve?.(answer);
  }

  return {
    connection,

    call(procedure, input, signal) {
      const id = ++lastId;
      return new Promise(resolve => {
        pending.set(id, resolve);
        send({ type: 'call', id, procedure, input });
        signal?.addEventListener('abort', () => {
          if (!pending.has(id)) return;
          send({ type: 'cancel', id });
          settle(id, { ok: false, error: { code: 'transport.cancelled', ...strings.transport.cancelled } });
        });
      });
    },

    subscribe(stream, input, handlers) {
      const id = ++lastId;
      streams.set(id, handlers);
      send({ type: 'subscribe', id, stream, input });
      return () => {
        if (streams.delete(id)) send({ type: 'unsubscribe', id });
      };
    },
  };
}
