/** What a chat template puts around each message, learned from renders, for programs that do not read Jinja. */
import type { Message } from '../../../src-shared/domain/conversation.ts';

export interface Turns {
  /** In front of a conversation without system message, for example a default one; mostly empty. */
  readonly withoutSystem: string;
  readonly system: Wrap;
  readonly user: Wrap;
  /** In front of a user message behind the system message, where that is not `user.before`. */
  readonly userAfterSystem?: string;
  readonly assistant: Wrap;
  /** What the model goes on from. */
  readonly header: string;
}

export interface Wrap {
  readonly before: string;
  readonly after: string;
}

/** Null where the template refuses. */
export type RenderMessages = (messages: readonly Message[], addGenerationPrompt: boolean) => string | null;

/**
 * Null where no such rule reproduces the probe conversations exactly. `bos` is taken off the beginning: whoever
 * tokenizes adds it.
 *
 * `<user>` hi `<end>` `<asst>` yo `<end>`  →  user: `<user>`, `<end>` · assistant: `<asst>`, `<end>` · header: `<asst>`
 */
export function learnTurns(render: RenderMessages, bos: string): Turns | null {
  const shown: RenderMessages = (messages, prompt) => {
    const text = render(messages, prompt);
    return text === null || !text.startsWith(bos) ? text : text.slice(bos.length);
  };
  const turns = guessTurns(shown);
  const isExact = (messages: readonly Message[], found: Turns, prompt: boolean) =>
    shown(messages, prompt) === renderTurns(found, messages, prompt);
  if (turns && PROBES.every(messages => [false, true].every(prompt => isExact(messages, turns, prompt))))
    return turns;
  const asked = guessAskedTurns(shown);
  return asked && ASKED_PROBES.every(messages => isExact(messages, asked, true)) ? asked : null;
}

/** Of the probes, which have these three roles alone. */
function renderTurns(turns: Turns, messages: readonly Message[], prompt: boolean): string {
  const wrapped = messages.map(({ role, content }, i) => {
    const { before, after } = turns[role as 'system' | 'user' | 'assistant'];
    const isLed = role === 'user' && messages[i - 1]?.role === 'system';
    return `${isLed ? (turns.userAfterSystem ?? before) : before}${content}${after}`;
  });
  const start = messages[0]?.role === 'system' ? '' : turns.withoutSystem;
  return `${start}${wrapped.join('')}${prompt ? turns.header : ''}`;
}

function guessTurns(render: RenderMessages): Turns | null {
  const bare = render([user('qrst')], false);
  const prompted = render([user('qrst')], true);
  const talk = cut(render([user('qrst'), assistant('uvwx'), user('mnop')], false), ['qrst', 'uvwx', 'mnop']);
  const answered = cut(render([user('qrst'), assistant('uvwx')], false), ['qrst', 'uvwx']);
  const led = cut(render([system('ghij'), user('qrst')], false), ['ghij', 'qrst']);
  const alone = cut(bare, ['qrst']);
  if (!talk || !answered || !led || !alone || bare === null || !prompted?.startsWith(bare)) return null;
  const [start = '', afterUser = ''] = alone;
  const afterAssistant = answered[2] ?? '';
  const beforeAssistant = without(answered[1] ?? '', afterUser);
  const beforeUser = without(talk[2] ?? '', afterAssistant);
  if (beforeAssistant === null || beforeUser === null || !start.endsWith(beforeUser)) return null;
  const afterSystem = led[1] ?? '';
  if (!afterSystem.endsWith(beforeUser)) return null;
  return {
    withoutSystem: start.slice(0, start.length - beforeUser.length),
    system: { before: led[0] ?? '', after: afterSystem.slice(0, afterSystem.length - beforeUser.length) },
    user: { before: beforeUser, after: afterUser },
    assistant: { before: beforeAssistant, after: afterAssistant },
    header: prompted.slice(bare.length),
  };
}

/**
 * What is put around messages where the last one is a question that the model is to answer, which is all that a chat
 * program asks for: templates may print a conversation without a question otherwise, and may put the system message into
 * the first user turn.
 *
 * `[INST] S` · `U [/INST]`  →  system: `[INST] `, `` · user behind it: `\n\n` · assistant: ` [/INST]`
 */
function guessAskedTurns(render: RenderMessages): Turns | null {
  const alone = cut(render([user('qrst')], true), ['qrst']);
  const led = cut(render([system('ghij'), user('qrst')], true), ['ghij', 'qrst']);
  const talk = cut(render([user('qrst'), assistant('uvwx'), user('mnop')], true), ['qrst', 'uvwx', 'mnop']);
  if (!alone || !led || !talk) return null;
  const [start = '', header = ''] = alone;
  const [, beforeAssistant = '', between = ''] = talk;
  const beforeUser = commonEnd(start, between);
  return {
    withoutSystem: start.slice(0, start.length - beforeUser.length),
    system: { before: led[0] ?? '', after: '' },
    user: { before: beforeUser, after: '' },
    userAfterSystem: led[1] ?? '',
    assistant: { before: beforeAssistant, after: between.slice(0, between.length - beforeUser.length) },
    header,
  };
}

function commonEnd(a: string, b: string): string {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length++;
  return a.slice(a.length - length);
}

/** The parts around each content, where each stands there once and in this order. */
function cut(text: string | null, contents: readonly string[]): string[] | null {
  const parts: string[] = [];
  let rest = text;
  for (const content of contents) {
    const [before, after, ...more] = rest?.split(content) ?? [];
    if (before === undefined || after === undefined || more.length > 0) return null;
    parts.push(before);
    rest = after;
  }
  return [...parts, rest ?? ''];
}

function without(text: string, beginning: string): string | null {
  return text.startsWith(beginning) ? text.slice(beginning.length) : null;
}

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const system = (content: string): Message => ({ role: 'system', content });

/** Content without white space at its edges, which many templates trim. */
const TALK = [
  user('What is 2 + 2?'),
  assistant('4.\nReally: {"sum": 4}'),
  user('Sûr?'),
  assistant('Yes – <b>sure</b>.'),
  user('Is 1 < 2 & 3 > 2?'),
];
const PROBES: readonly (readonly Message[])[] = [1, 2, 3, 4, 5].flatMap(length => [
  TALK.slice(0, length),
  [system('Be brief.\n\nAnd kind.'), ...TALK.slice(0, length)],
]);
/** Those that end with a question. */
const ASKED_PROBES = PROBES.filter(messages => messages.at(-1)?.role === 'user');
