/** A conversation with two models: turns, what each has said, and what it is about to say. */

import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type {
  AnswerEnd,
  ChatAnswer,
  ChatEvent,
  ChatMessage,
  ChatToken,
} from '../../../src-shared/domain/chat.ts';

export interface SideAnswer {
  /** `waits` for the other side, `reads` the prompt. */
  readonly phase: 'waits' | 'reads' | 'says' | 'done';
  readonly tokens: readonly ChatToken[];
  readonly text: string;
  readonly end: AnswerEnd | null;
  readonly durationMs: number | null;
}

export interface Turn {
  readonly prompt: string;
  /** Null where nothing is known to compare with. */
  readonly expected: string | null;
  readonly answers: readonly SideAnswer[];
}

export interface ChatState {
  /** Of this conversation; null is none. */
  readonly systemPrompt: string | null;
  /** Messages of a data row before the prompt that is tried. */
  readonly earlier: readonly ChatMessage[];
  readonly turns: readonly Turn[];
  readonly phase: 'idle' | 'waiting' | 'answering';
  /** Why the last prompt was not answered; it is the last turn, or the device was taken. */
  readonly error: CodedError | null;
}

export function newChat(systemPrompt: string | null, earlier: readonly ChatMessage[] = []): ChatState {
  return { systemPrompt, earlier, turns: [], phase: 'idle', error: null };
}

const NOT_YET: SideAnswer = { phase: 'waits', tokens: [], text: '', end: null, durationMs: null };

export function beginTurn(
  chat: ChatState,
  prompt: string,
  expected: string | null,
  sides: number,
): ChatState {
  const answers = Array.from({ length: sides }, () => NOT_YET);
  return { ...chat, phase: 'answering', error: null, turns: [...chat.turns, { prompt, expected, answers }] };
}

/** The last prompt once more, after it was refused. */
export function retryTurn(chat: ChatState): ChatState {
  return { ...chat, phase: 'answering', error: null };
}

export function applyEvents(chat: ChatState, events: readonly ChatEvent[]): ChatState {
  return events.reduce(applyEvent, chat);
}

function applyEvent(chat: ChatState, event: ChatEvent): ChatState {
  if (chat.phase === 'idle') return chat;
  switch (event.type) {
    case 'waiting':
      return { ...chat, phase: 'waiting' };
    case 'answering':
      return withAnswer({ ...chat, phase: 'answering' }, event.side, answer => ({
        ...answer,
        phase: 'reads',
      }));
    case 'token':
      return withAnswer(chat, event.side, answer => ({
        ...answer,
        phase: 'says',
        tokens: [...answer.tokens, event.token],
        text: answer.text + event.token.text,
      }));
    case 'answered':
      return withAnswer(chat, event.side, () => whole(event.answer));
  }
}

/** The answers as the backend has them: whatever was missed on the way is in them. */
export function endTurn(chat: ChatState, answers: readonly ChatAnswer[]): ChatState {
  const ended = answers.reduce((state, answer, side) => withAnswer(state, side, () => whole(answer)), chat);
  return { ...ended, phase: 'idle' };
}

export function failTurn(chat: ChatState, error: CodedError): ChatState {
  return { ...chat, phase: 'idle', error };
}

/** Stopped before the whole answers could be told: what came so far stays; a turn without a word is taken back. */
export function stopTurn(chat: ChatState): ChatState {
  const last = chat.turns.at(-1);
  if (!last?.answers.some(({ text }) => text !== '')) return takeBack(chat);
  const stopped = last.answers.reduce(
    (state, answer, side) =>
      answer.phase === 'done'
        ? state
        : withAnswer(state, side, now => ({ ...now, phase: 'done', end: 'stopped' })),
    chat,
  );
  return { ...stopped, phase: 'idle', error: null };
}

/** Without the last turn, whose prompt may be written again. */
export function takeBack(chat: ChatState): ChatState {
  return { ...chat, turns: chat.turns.slice(0, -1), phase: 'idle', error: null };
}

/** Everything that one side gets before its answer to the last turn, or to `draft` behind it. */
export function messagesFor(chat: ChatState, side: number, draft: string | null = null): ChatMessage[] {
  const { systemPrompt, earlier, turns } = chat;
  const said = turns.flatMap(({ prompt, answers }, i): ChatMessage[] => {
    const user = { role: 'user', content: prompt } as const;
    const isOpen = i === turns.length - 1 && draft === null;
    return isOpen ? [user] : [user, { role: 'assistant', content: answers[side]?.text ?? '' }];
  });
  return [
    ...(systemPrompt === null ? [] : [{ role: 'system', content: systemPrompt } as const]),
    ...earlier,
    ...said,
    ...(draft === null ? [] : [{ role: 'user', content: draft } as const]),
  ];
}

function whole({ tokens, text, end, durationMs }: ChatAnswer): SideAnswer {
  return { phase: 'done', tokens, text, end, durationMs };
}

function withAnswer(chat: ChatState, side: number, change: (answer: SideAnswer) => SideAnswer): ChatState {
  const last = chat.turns.at(-1);
  if (!last) return chat;
  const answers = last.answers.map((answer, i) => (i === side ? change(answer) : answer));
  return { ...chat, turns: [...chat.turns.slice(0, -1), { ...last, answers }] };
}
