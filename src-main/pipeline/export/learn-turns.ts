/** What a chat template puts around each message, learned from renders, for programs that do not read Jinja. */
import type { Message } from '../../../src-shared/domain/conversation.ts';

export interface Turns {
  /** In front of a conversation without system message, for example a default one; mostly empty. */
  readonly withoutSystem: string;
  readonly system: Wrap;
  readonly user: Wrap;
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
  if (turns === null) return null;
  const isExact = PROBES.every(messages =>
    [false, true].every(prompt => shown(messages, prompt) === renderTurns(turns, messages, prompt)),
  );
  return isExact ? turns : null;
}

/** Of the probes, which have these three roles alone. */
function renderTurns(turns: Turns, messages: readonly Message[], prompt: boolean): string {
  const wrapped = messages.map(({ role, content }) => {
    const { before, after } = turns[role as 'system' | 'user' | 'assistant'];
    return `${before}${content}${after}`;
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
];
const PROBES: readonly (readonly Message[])[] = [1, 2, 3, 4].flatMap(length => [
  TALK.slice(0, length),
  [system('Be brief.\n\nAnd kind.'), ...TALK.slice(0, length)],
]);
