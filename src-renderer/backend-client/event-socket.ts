/** Event streams over one WebSocket that reconnects by itself and subscribes again. */
import { type ClientMessage, serverMessageSchema } from '../../src-shared/contract/messages.ts';
import type { StreamHandlers } from './transport.ts';

/** The part of WebSocket that is used here. */
export interface SocketLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
}

export interface EventSocketOptions {
  readonly url: URL;
  openSocket(url: URL): SocketLike;
  onOpen(): void;
  onLost(): void;
  mayReconnect(): boolean;
}

interface StreamSubscription {
  readonly stream: string;
  readonly input: unknown;
  readonly handlers: StreamHandlers;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/** Doubles from a quarter of a second to eight seconds: 250, 500, 1000, … 8000, 8000. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
}

/** Opens at the first subscription. Returns `subscribe`, with the meaning that `Transport` gives it. */
export function createEventSocket(options: EventSocketOptions) {
  const subscriptions = new Map<number, StreamSubscription>();
  let lastId = 0;
  let socket: SocketLike | null = null;
  let isOpen = false;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | null = null;

  function connectIfWanted(): void {
    if (socket !== null || retry !== null || subscriptions.size === 0 || !options.mayReconnect()) return;
    const opening = options.openSocket(options.url);
    socket = opening;
    opening.onopen = () => {
      isOpen = true;
      attempt = 0;
      options.onOpen();
      for (const [id, subscription] of subscriptions) sendSubscribe(id, subscription);
    };
    opening.onmessage = event => receive(event.data);
    opening.onclose = () => {
      isOpen = false;
      socket = null;
      options.onLost();
      retry = setTimeout(() => {
        retry = null;
        connectIfWanted();
      }, reconnectDelayMs(attempt++));
    };
  }

  function receive(data: unknown): void {
    const message = serverMessageSchema.parse(JSON.parse(String(data)));
    const subscription = subscriptions.get(message.id);
    if (!subscription) return;
    switch (message.type) {
      case 'result':
        return;
      case 'subscribed':
        subscription.handlers.standing();
        return;
      case 'event':
        subscription.handlers.event(message.event);
        return;
      case 'ended':
        subscriptions.delete(message.id);
        subscription.handlers.ended(message.error);
    }
  }

  function sendSubscribe(id: number, { stream, input }: StreamSubscription): void {
    send({ type: 'subscribe', id, stream, input });
  }

  function send(message: ClientMessage): void {
    socket?.send(JSON.stringify(message));
  }

  return {
    subscribe(stream: string, input: unknown, handlers: StreamHandlers): () => void {
      const id = ++lastId;
      const subscription = { stream, input, handlers };
      subscriptions.set(id, subscription);
      if (isOpen) sendSubscribe(id, subscription);
      else connectIfWanted();
      return () => {
        if (subscriptions.delete(id) && isOpen) send({ type: 'unsubscribe', id });
      };
    },
  };
}
