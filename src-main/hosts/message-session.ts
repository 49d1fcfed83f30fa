/** One connected page: carries the contract's messages between a two-way channel and the backend. */
import { z } from 'zod';
import type { CodedError } from '../../src-shared/contract/coded-error.ts';
import {
  type ClientMessage,
  clientMessageSchema,
  type ServerMessage,
} from '../../src-shared/contract/messages.ts';
import type { BackendFace, Subscription } from '../backend/backend-face.ts';

/** What one page may hold open at a time; a page that needs more has lost track of what it opened. */
export const SESSION_LIMITS = { openCalls: 200, openSubscriptions: 100 } as const;

export interface MessageSession {
  /** Takes one message as the channel delivered it, already parsed. Never throws. */
  receive(raw: unknown): void;
  /** Aborts the open calls, ends the subscriptions and sends nothing any more. Idempotent. */
  close(): void;
}

/**
 * Serves one page. Every call is answered with exactly one `result`, cancelled ones too; a
 * subscription with `subscribed` before its first event, or with `ended` where it was refused.
 * Calls and subscriptions count their ids apart.
 *
 * A message that breaks the contract is answered with `message.malformed` where it tells what it
 * answers to, and otherwise ignored. One that reuses the id of an open call or subscription is
 * ignored, since an answer would be taken for the open one's. Past SESSION_LIMITS the answer is
 * `session.tooManyCalls` or `session.tooManySubscriptions`.
 *
 * `send` must not throw; it may drop the message where the channel is gone.
 */
export function createMessageSession(
  backend: BackendFace,
  send: (message: ServerMessage) => void,
): MessageSession {
  const calls = new Map<number, AbortController>();
  /** null: being opened, so the id is taken but nothing can be unsubscribed yet. */
  const subscriptions = new Map<number, Subscription | null>();
  let closed = false;

  async function call(id: number, procedure: string, input: unknown): Promise<void> {
    if (calls.has(id)) return;
    if (calls.size >= SESSION_LIMITS.openCalls) {
      send({ type: 'result', id, result: { ok: false, error: tooManyCalls() } });
      return;
    }
    const controller = new AbortController();
    calls.set(id, controller);
    const result = await backend.call(procedure, input, controller.signal);
    calls.delete(id);
    if (!closed) send({ type: 'result', id, result });
  }

  function subscribe(id: number, stream: string, input: unknown): void {
    if (subscriptions.has(id)) return;
    if (subscriptions.size >= SESSION_LIMITS.openSubscriptions) {
      send({ type: 'ended', id, error: tooManySubscriptions() });
      return;
    }
    // Events published while the backend is still subscribing wait here, behind `subscribed`.
    const early: unknown[] = [];
    let live = false;
    subscriptions.set(id, null);
    const outcome = backend.subscribe(stream, input, event => {
      if (!live) early.push(event);
      else if (outcome.ok && subscriptions.get(id) === outcome.subscription)
        send({ type: 'event', id, event });
    });
    if (!outcome.ok) {
      subscriptions.delete(id);
      send({ type: 'ended', id, error: outcome.error });
      return;
    }
    subscriptions.set(id, outcome.subscription);
    live = true;
    send({ type: 'subscribed', id });
    for (const event of early) send({ type: 'event', id, event });
  }

  function unsubscribe(id: number): void {
    subscriptions.get(id)?.unsubscribe();
    subscriptions.delete(id);
  }

  function dispatch(message: ClientMessage): void {
    switch (message.type) {
      case 'call':
        void call(message.id, message.procedure, message.input);
        return;
      case 'cancel':
        calls.get(message.id)?.abort();
        return;
      case 'subscribe':
        subscribe(message.id, message.stream, message.input);
        return;
      case 'unsubscribe':
        unsubscribe(message.id);
        return;
    }
  }

  function answerMalformed(raw: unknown, fault: z.ZodError): void {
    const addressed = addressedSchema.safeParse(raw);
    if (!addressed.success) return;
    const { type, id } = addressed.data;
    const error = malformed(fault);
    if (type === 'call' && !calls.has(id)) send({ type: 'result', id, result: { ok: false, error } });
    if (type === 'subscribe' && !subscriptions.has(id)) send({ type: 'ended', id, error });
  }

  return {
    receive(raw) {
      if (closed) return;
      const parsed = clientMessageSchema.safeParse(raw);
      if (parsed.success) dispatch(parsed.data);
      else answerMalformed(raw, parsed.error);
    },
    close() {
      if (closed) return;
      closed = true;
      for (const controller of calls.values()) controller.abort();
      for (const subscription of subscriptions.values()) subscription?.unsubscribe();
      subscriptions.clear();
    },
  };
}

/** Enough of a broken message to know what waits for its answer. */
const addressedSchema = z.object({ type: z.enum(['call', 'subscribe']), id: z.int().min(0) });

function malformed(fault: z.ZodError): CodedError {
  return {
    code: 'message.malformed',
    title: 'The message does not follow the contract.',
    cause: z.prettifyError(fault),
    remedy: 'Reload the page; if it happens again, page and backend are of different versions.',
  };
}

function tooManyCalls(): CodedError {
  return {
    code: 'session.tooManyCalls',
    title: 'The page has too many open calls.',
    cause: `${SESSION_LIMITS.openCalls} calls wait for their answer.`,
    remedy: 'Wait for an answer or cancel a call, then try again.',
  };
}

function tooManySubscriptions(): CodedError {
  return {
    code: 'session.tooManySubscriptions',
    title: 'The page has too many open subscriptions.',
    cause: `${SESSION_LIMITS.openSubscriptions} subscriptions are open.`,
    remedy: 'Close one, or reload the page.',
  };
}
