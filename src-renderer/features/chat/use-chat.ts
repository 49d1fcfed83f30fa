/** Sends prompts to both sides, follows the answers as they come, and stops them. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { WhenBusy } from '../../../src-shared/contract/chat-procedures.ts';
import type { ChatMessage, ChatModel, ChatSampling } from '../../../src-shared/domain/chat.ts';
import { useBackend } from '../../backend-client/backend-context.tsx';
import { chatStrings as strings } from '../../strings/chat.ts';
import { useAnnounce } from '../../ui/announcer.tsx';
import {
  applyEvents,
  beginTurn,
  type ChatState,
  endTurn,
  failTurn,
  messagesFor,
  newChat,
  retryTurn,
  stopTurn,
  takeBack,
} from './chat-state.ts';

export interface ChatSpeaker {
  readonly run: string;
  /** The run's name. */
  readonly name: string;
  readonly model: ChatModel;
}

/** Told with each token. */
const CHOICES = 5;

export function useChat(
  speakers: readonly ChatSpeaker[],
  sampling: ChatSampling,
  systemPrompt: string | null,
  /** A prompt that was stopped before a word of its answer, to be written on. */
  onTakenBack: (prompt: string) => void,
) {
  const client = useBackend();
  const announce = useAnnounce();
  const [chat, setChat] = useState<ChatState>(() => newChat(systemPrompt));
  const underWay = useRef<{ readonly chatId: string; readonly abort: AbortController } | null>(null);
  useEffect(() => () => underWay.current?.abort.abort(), []);

  async function ask(asked: ChatState, whenBusy: WhenBusy): Promise<void> {
    const chatId = crypto.randomUUID();
    const abort = new AbortController();
    underWay.current = { chatId, abort };
    setChat(asked);
    const ifCurrent = (change: (now: ChatState) => ChatState) =>
      setChat(now => (underWay.current?.chatId === chatId ? change(now) : now));
    let hasSaid = false;
    const unsubscribe = client.subscribe(
      'chat.events',
      { chatId },
      {
        event: events => {
          hasSaid ||= events.some(({ type }) => type === 'token');
          ifCurrent(now => applyEvents(now, events));
        },
      },
    );
    const sides = speakers.map(({ run, model }, side) => ({
      run,
      model,
      messages: messagesFor(asked, side),
    }));
    const request = { chatId, sides, sampling, choices: CHOICES, whenBusy };
    const outcome = await client.call('chat.start', request, { signal: abort.signal });
    unsubscribe();
    if (abort.signal.aborted) return;
    if (outcome.ok) {
      const { answers } = outcome.value;
      ifCurrent(now => endTurn(now, answers));
      announce(answers.some(({ end }) => end === 'stopped') ? strings.stopped : strings.answered);
    } else if (outcome.error.code === 'job.cancelled') {
      ifCurrent(stopTurn);
      if (!hasSaid) onTakenBack(asked.turns.at(-1)?.prompt ?? '');
      announce(strings.stopped);
    } else {
      ifCurrent(now => failTurn(now, outcome.error));
      announce(outcome.error.title);
    }
  }

  const stop = useCallback(() => {
    const current = underWay.current;
    if (current !== null) void client.call('chat.stop', { chatId: current.chatId });
  }, [client]);

  const forget = () => {
    underWay.current?.abort.abort();
    underWay.current = null;
  };

  return {
    chat,
    send: (prompt: string, expected: string | null) =>
      ask(beginTurn(chat, prompt, expected, speakers.length), 'refuse'),
    askAgain: (whenBusy: WhenBusy) => ask(retryTurn(chat), whenBusy),
    stop,
    /** Without the prompt that was not answered. */
    takeBack: () => setChat(takeBack),
    begin: (system: string | null, earlier: readonly ChatMessage[] = []) => {
      forget();
      setChat(newChat(system, earlier));
    },
  };
}
