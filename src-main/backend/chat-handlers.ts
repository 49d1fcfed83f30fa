/** The chat page's procedures and its stream. */

import type { CHAT_PROCEDURES } from '../../src-shared/contract/chat-procedures.ts';
import { type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { ProcedureInput, ProcedureOutput } from '../../src-shared/contract/procedures.ts';
import type { ChatEvent } from '../../src-shared/domain/chat.ts';
import { answerWithRun, GREEDY } from './answer-prompts.ts';
import type { BackendParts } from './backend-parts.ts';
import { chat, describeChat, encodeForRun } from './chat.ts';
import type { Unsubscribe } from './event-hub.ts';
import { heldOutOfRun } from './held-out.ts';

type ChatName = keyof typeof CHAT_PROCEDURES;
type ChatHandlers = {
  readonly [N in ChatName]: (
    input: ProcedureInput<N>,
    signal: AbortSignal,
  ) => Promise<Outcome<ProcedureOutput<N>>> | Outcome<ProcedureOutput<N>>;
};

export interface ChatService {
  readonly handlers: ChatHandlers;
  watch(chatId: string, onEvent: (event: ChatEvent) => void): Unsubscribe;
  /** Stops all chats; resolves when their processes are gone. */
  close(): Promise<void>;
}

export function createChatService(parts: BackendParts): ChatService {
  const watchers = new Map<string, Set<(event: ChatEvent) => void>>();
  /** By the id that the page chose. */
  const underWay = new Map<string, AbortController>();
  const unfinished = new Set<Promise<unknown>>();

  const handlers: ChatHandlers = {
    'chat.answer': ({ id, prompt }, signal) => answerWithRun(parts, id, prompt, GREEDY, { signal }),
    'chat.start': async ({ chatId, ...request }, signal) => {
      const stop = new AbortController();
      // A page that leaves stops its chat: nobody would read the answer.
      const leave = () => stop.abort();
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      underWay.get(chatId)?.abort();
      underWay.set(chatId, stop);
      const work = chat(parts, request, {
        signal: stop.signal,
        onEvent: event => {
          for (const watcher of watchers.get(chatId) ?? []) watcher(event);
        },
      });
      unfinished.add(work);
      try {
        return await work;
      } finally {
        unfinished.delete(work);
        signal.removeEventListener('abort', leave);
        if (underWay.get(chatId) === stop) underWay.delete(chatId);
      }
    },
    'chat.stop': ({ chatId }) => {
      underWay.get(chatId)?.abort();
      return ok({});
    },
    'chat.describe': ({ id }) => describeChat(parts, id),
    'chat.prompt': async ({ id, messages }, signal) => {
      const encoded = await encodeForRun(parts, id, messages, signal);
      if (!encoded.ok) return encoded;
      const { text, ids, pieces, bytes } = encoded.value;
      return ok({ text, ids: [...ids], pieces: [...pieces], bytes: [...bytes] });
    },
    'chat.heldOut': (input, signal) => heldOutOfRun(parts, input, signal),
  };

  return {
    handlers,
    watch: (chatId, onEvent) => {
      const own = watchers.get(chatId) ?? new Set();
      own.add(onEvent);
      watchers.set(chatId, own);
      return () => {
        own.delete(onEvent);
        if (own.size === 0) watchers.delete(chatId);
      };
    },
    close: async () => {
      for (const stop of underWay.values()) stop.abort();
      await Promise.allSettled(unfinished);
    },
  };
}
