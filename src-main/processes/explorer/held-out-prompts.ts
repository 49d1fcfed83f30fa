/** Rows that were held back from training, as prompts with the answer that is expected. */

import type { HeldOutPrompt } from '../../../src-shared/contract/chat-procedures.ts';
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { ChatMessage } from '../../../src-shared/domain/chat.ts';
import type { Message, Row } from '../../../src-shared/domain/conversation.ts';
import type { Question } from '../../pipeline/questions.ts';
import { DataPages } from './data-pages.ts';
import type { ExplorerSession } from './explorer-session.ts';
import type { QuestionContext } from './serve-questions.ts';

export interface HeldOutPrompts {
  readonly prompts: readonly HeldOutPrompt[];
  readonly total: number;
}

/** In file order. Rows that hold no conversation with an answer are passed over. Errors: the data's, the prepared file's. */
export async function heldOutPrompts(
  session: ExplorerSession,
  { recipe, preparedPath, count }: Extract<Question, { kind: 'heldOut' }>,
  { signal }: QuestionContext,
): Promise<Outcome<HeldOutPrompts>> {
  const prepared = session.prepared(preparedPath);
  if (!prepared.ok) return prepared;
  const dataset = prepared.value;
  const indices = [...dataset.indicesOf('validation')];
  const { validation } = recipe.dataset;
  const ownFile = validation !== 'none' && 'path' in validation ? validation.path : null;
  const pages =
    ownFile === null
      ? await session.data(recipe.dataset, signal)
      : await DataPages.open([ownFile], recipe.dataset, null, signal);
  if (!pages.ok) return pages;
  const prompts: HeldOutPrompt[] = [];
  for (const index of indices) {
    if (prompts.length >= count || signal.aborted) break;
    const { row } = dataset.summary(index);
    const paged = await pages.value.row(row);
    const prompt = paged === null ? null : promptOf(paged.row);
    if (prompt !== null) prompts.push({ row, ...prompt });
  }
  return ok({ prompts, total: indices.length });
}

/** The last answer is the expected one; what stands before it is the prompt. */
function promptOf(row: Row): Omit<HeldOutPrompt, 'row'> | null {
  if (row.kind === 'message-pair') {
    const expected = row.completion[0]?.content;
    const messages = asChat(row.prompt.messages);
    return messages !== null && typeof expected === 'string' ? { messages, expected } : null;
  }
  if (row.kind !== 'conversation') return null;
  const all = row.conversation.messages;
  const last = all.findLastIndex(({ role, content }) => role === 'assistant' && content !== null);
  const messages = last < 1 ? null : asChat(all.slice(0, last));
  return messages === null ? null : { messages, expected: all[last]?.content ?? '' };
}

/** Tools and their results cannot be typed into a chat. */
function asChat(messages: readonly Message[]): ChatMessage[] | null {
  const chat: ChatMessage[] = [];
  for (const { role, content, toolCalls } of messages) {
    if (content === null || toolCalls !== undefined || role === 'tool' || role === 'developer') return null;
    chat.push({ role, content });
  }
  return chat.length === 0 ? null : chat;
}
