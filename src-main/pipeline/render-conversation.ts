/**
 * Conversation → text with the spans that the model itself would have generated. Spans come from
 * rendering with markers, never from searching the text; the marked render, its markers taken out,
 * must equal the plain one, or the row is refused.
 */
import { type CodedError, fail, type Outcome, ok } from '../../src-shared/contract/coded-error.ts';
import type { Conversation, Message } from '../../src-shared/domain/conversation.ts';
import type { RenderedSpan, RenderedText, Span } from '../../src-shared/domain/template.ts';
import type { RenderTemplate } from './ports.ts';
import { chooseSentinels, markContent, type Sentinels, unmark } from './sentinels.ts';

/** A template ready for use: plain, and (where it has generation tags) marked with given sentinels. */
export interface ChatTemplate {
  readonly source: string;
  readonly render: RenderTemplate;
  /** Null where the source has no generation tags. */
  readonly renderMarked: ((sentinels: Sentinels) => Outcome<RenderTemplate>) | null;
}

/** Everything but the messages that a template may read: bos_token, eos_token, variables, tools. */
export type TemplateContext = Readonly<Record<string, unknown>>;

/** Texts of the tokens that end generation, for finding where a turn ends. */
export type EndTexts = readonly string[];

export function contextJson(
  context: TemplateContext,
  messages: readonly Message[],
  addGenerationPrompt: boolean,
): string {
  return JSON.stringify({ ...context, messages, add_generation_prompt: addGenerationPrompt });
}

/** Renders one conversation. Errors: `template.refused` and its kin, `spans.unproven`. */
export function renderConversation(
  template: ChatTemplate,
  context: TemplateContext,
  conversation: Conversation,
  endTexts: EndTexts,
): Outcome<RenderedText> {
  const { messages } = conversation;
  const plain = template.render(contextJson(context, messages, false));
  if (!plain.ok) return plain;
  const sentinels = chooseSentinels(plain.value + template.source + messages.map(m => m.content).join(''));
  if (!sentinels)
    return fail(unproven('The row uses every private-use character, so nothing can be marked.'));

  let render: RenderTemplate = template.render;
  if (template.renderMarked) {
    const marked = template.renderMarked(sentinels);
    if (!marked.ok) return marked;
    render = marked.value;
  }
  const markedMessages = messages.map(m => ({ ...m, content: markContent(m.content, sentinels) }));
  const marked = render(contextJson(context, markedMessages, false));
  const found = marked.ok ? unmark(marked.value, sentinels) : null;
  if (!found || found.text !== plain.value) {
    return fail(
      unproven('The template changes its output when content is marked, so spans would be a guess.'),
    );
  }
  const spans = template.renderMarked
    ? ok(found.generation.map(span => ({ ...span, role: 'assistant', trained: true })))
    : spansFromContent(template, context, messages, plain.value, found.content, endTexts);
  if (!spans.ok) return spans;
  return ok({
    text: plain.value,
    spans: spans.value,
    method: template.renderMarked ? 'tags' : 'sentinels',
    contentSpans: found.content,
  });
}

/**
 * Without generation tags: a turn starts where its generation prompt ends and ends with the first
 * end-of-generation token behind its content, before the next message's content.
 */
function spansFromContent(
  template: ChatTemplate,
  context: TemplateContext,
  messages: readonly Message[],
  text: string,
  content: readonly Span[],
  endTexts: EndTexts,
): Outcome<RenderedSpan[]> {
  const visible = messages.flatMap((message, index) =>
    message.content.trim() === '' ? [] : [{ message, index }],
  );
  if (visible.length !== content.length) {
    return fail(unproven(`The template shows ${content.length} of ${visible.length} messages.`));
  }
  const spans: RenderedSpan[] = [];
  for (const [k, { message, index }] of visible.entries()) {
    const own = content[k];
    if (message.role !== 'assistant' || !own) continue;
    const bound = content[k + 1]?.start ?? text.length;
    const previousEnd = content[k - 1]?.end ?? 0;
    const start = turnStart(template, context, messages.slice(0, index), text, previousEnd, own.start);
    spans.push({ start, end: turnEnd(text, own.end, bound, endTexts), role: 'assistant', trained: true });
  }
  return ok(spans);
}

/**
 * The end of the turn's generation prompt where the template has one and it can be placed, else the
 * start of the content: a role header is never part of the turn.
 */
function turnStart(
  template: ChatTemplate,
  context: TemplateContext,
  before: readonly Message[],
  text: string,
  previousEnd: number,
  contentStart: number,
): number {
  const prompt = template.render(contextJson(context, before, true));
  const bare = template.render(contextJson(context, before, false));
  if (!prompt.ok || !bare.ok || prompt.value === bare.value) return contentStart;
  const promptEnd = prompt.value.length;
  if (text.startsWith(prompt.value) && promptEnd >= previousEnd && promptEnd <= contentStart)
    return promptEnd;
  if (!prompt.value.startsWith(bare.value)) return contentStart;
  const header = prompt.value.slice(bare.value.length);
  const at = header === '' ? -1 : text.lastIndexOf(header, contentStart - header.length);
  return at >= previousEnd ? at + header.length : contentStart;
}

function turnEnd(text: string, contentEnd: number, bound: number, endTexts: EndTexts): number {
  let best = contentEnd;
  let bestAt = bound;
  for (const end of endTexts) {
    const at = text.indexOf(end, contentEnd);
    if (at >= 0 && at < bestAt && at + end.length <= bound) {
      bestAt = at;
      best = at + end.length;
    }
  }
  return best;
}

function unproven(cause: string): CodedError {
  return {
    code: 'spans.unproven',
    title: 'The trained part of the row cannot be proven.',
    cause,
    remedy: 'Use a template with {% generation %} tags.',
  };
}
