/** What a template prints around plain questions and answers, with their places: markers can be read off it. */
import type { ContentSpan, RenderedText } from '../../../src-shared/domain/template.ts';
import { type ChatTemplate, contextJson, type TemplateContext } from '../render/chat-template.ts';

const TURNS = ['qwert', 'asdfg', 'yxcvb', 'hjklo'];

/** Null where the template refuses such a chat or does not print it in order. */
export function plainTurns(template: ChatTemplate, context: TemplateContext): RenderedText | null {
  const messages = TURNS.map(
    (content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content }) as const,
  );
  const rendered = template.render(contextJson(template, context, { messages }, false));
  if (!rendered.ok) return null;
  const text = rendered.value;
  const contentSpans: ContentSpan[] = [];
  for (const [message, turn] of TURNS.entries()) {
    const start = text.indexOf(turn, contentSpans.at(-1)?.end ?? 0);
    if (start < 0) return null;
    contentSpans.push({ start, end: start + turn.length, message });
  }
  const spans = contentSpans
    .filter((_, i) => i % 2 === 1)
    .map(span => ({ ...span, role: 'assistant', trained: true }));
  return { text, spans, method: 'none', contentSpans };
}
