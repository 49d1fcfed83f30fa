/** `luthier chat`: base and tuned models, or two runs, answer side by side: one prompt, one a line, or a conversation. */
import { createInterface, type Interface } from 'node:readline/promises';
import { CodedException, orThrow } from '../../../../src-shared/contract/coded-error.ts';
import { assertNever } from '../../../../src-shared/domain/assert-never.ts';
import {
  type ChatMessage,
  type ChatSampling,
  type ChatSide,
  chatSamplingSchema,
} from '../../../../src-shared/domain/chat.ts';
import { chat } from '../../../backend/chat.ts';
import { findRun } from '../../../backend/find-run.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveRunId } from './runs.ts';

export interface ChatArguments {
  readonly prompt?: string;
  readonly base?: boolean;
  readonly other?: string;
  readonly system?: string;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly seed: number;
  readonly maxTokens: number;
}

type Name = 'base' | 'tuned' | 'other';

/** One who answers, with the conversation so far as that one knows it. */
interface Speaker {
  readonly name: Name;
  readonly side: Omit<ChatSide, 'messages'>;
  messages: ChatMessage[];
}

export async function chatCommand(
  context: CommandContext,
  run: string,
  given: ChatArguments,
): Promise<ExitCode> {
  const { parts, output } = context;
  const sampling = checkSampling(given);
  const id = resolveRunId(parts, run);
  const otherId = given.other === undefined ? null : resolveRunId(parts, given.other);
  const { recipe } = orThrow(findRun(parts, id));
  const system = given.system ?? recipe.dataset.systemPrompt;
  const beginning: ChatMessage[] = system === null ? [] : [{ role: 'system', content: system }];
  const speaker = (name: Name, side: Speaker['side']): Speaker => ({ name, side, messages: [...beginning] });
  const speakers = (): Speaker[] => [
    speaker('base', { run: id, model: 'base' }),
    ...(given.base ? [] : [speaker('tuned', { run: id, model: 'tuned' })]),
    ...(otherId === null ? [] : [speaker('other', { run: otherId, model: 'tuned' })]),
  ];
  try {
    if (given.prompt !== undefined) {
      await answer(context, speakers(), given.prompt, sampling);
      return context.signal.aborted ? EXIT.interrupted : EXIT.done;
    }
    const isTerminal = process.stdin.isTTY === true && !output.json;
    const lines = createInterface({
      input: process.stdin,
      ...(isTerminal ? { output: process.stderr } : {}),
    });
    if (isTerminal) await converse(context, lines, speakers, sampling);
    else
      for await (const line of lines)
        if (line.trim() !== '') await answer(context, speakers(), line, sampling);
    return context.signal.aborted ? EXIT.interrupted : EXIT.done;
  } finally {
    parts.workers.explorer.close();
  }
}

/** At a terminal the models remember what was said. */
async function converse(
  context: CommandContext,
  lines: Interface,
  speakers: () => Speaker[],
  sampling: ChatSampling,
): Promise<void> {
  await context.output.text('Type and press Enter. /new begins a new conversation, Ctrl-D ends.');
  context.signal.addEventListener('abort', () => lines.close(), { once: true });
  let now = speakers();
  lines.setPrompt('> ');
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '/new') now = speakers();
    else if (line.trim() !== '') await answer(context, now, line, sampling);
    if (context.signal.aborted) return;
    lines.prompt();
  }
}

/** Shows the answers as they come, and adds them to the conversations. */
async function answer(
  { parts, output, signal }: CommandContext,
  speakers: readonly Speaker[],
  prompt: string,
  sampling: ChatSampling,
): Promise<void> {
  for (const one of speakers) one.messages.push({ role: 'user', content: prompt });
  const sides = speakers.map(({ side, messages }) => ({ ...side, messages }));
  const show = (text: string) => {
    if (!output.json) process.stdout.write(text);
  };
  const { answers } = orThrow(
    await chat(
      parts,
      { sides, sampling, choices: 0, whenBusy: 'refuse' },
      {
        signal,
        onEvent: event => {
          switch (event.type) {
            case 'answering':
              return show(LABELS[speakers[event.side]?.name ?? 'base']);
            case 'token':
              return show(event.token.text);
            case 'answered':
              return show('\n');
            case 'waiting':
              return;
            default:
              return assertNever(event);
          }
        },
      },
    ),
  );
  for (const [i, one] of speakers.entries())
    one.messages.push({ role: 'assistant', content: answers[i]?.text ?? '' });
  if (!output.json) return;
  const said = new Map(speakers.map(({ name }, i) => [name, answers[i]?.text ?? '']));
  const other = said.get('other');
  await output.document({
    base: said.get('base') ?? null,
    tuned: said.get('tuned') ?? null,
    ...(other === undefined ? {} : { other }),
  });
}

const LABELS: Record<Name, string> = { base: 'Base   ', tuned: 'Tuned  ', other: 'Other  ' };

function checkSampling({ temperature, topP, topK, seed, maxTokens }: ChatArguments): ChatSampling {
  const sampling = chatSamplingSchema.safeParse({ temperature, topP, topK, seed, maxTokens });
  if (sampling.success) return sampling.data;
  throw new CodedException({
    code: 'arguments.invalid',
    title: 'The arguments do not fit.',
    cause: sampling.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    remedy: 'See `luthier chat --help`.',
  });
}
