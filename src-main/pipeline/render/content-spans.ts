/** Which parts of a render came from the row: there, special tokens are not parsed. */
import type { Conversation } from '../../../src-shared/domain/conversation.ts';
import type { ContentSpan } from '../../../src-shared/domain/template.ts';
import type { MarkedRender } from './marked-render.ts';
import { type MarkPart, USUAL_FORM, wireExtras, wireMessage } from './wire-messages.ts';

/** What came from the row. A part whose marks the template cut off is found by its text: it is only kept from being parsed. */
export function contentSpans(
  marked: Pick<MarkedRender, 'text' | 'marks' | 'parts'>,
  unmarked: readonly string[],
): ContentSpan[] {
  const spans: ContentSpan[] = [];
  const open = new Map<number, number>();
  const whole = new Set<number>();
  for (const { at, part, opens } of marked.marks) {
    const start = open.get(part);
    if (opens) open.set(part, at);
    else if (start !== undefined) {
      spans.push({ start, end: at, message: marked.parts[part]?.owner ?? -1 });
      whole.add(part);
      open.delete(part);
    }
  }
  const cut = marked.parts.flatMap(({ text }, part) => (whole.has(part) ? [] : [text]));
  for (const text of [...cut, ...unmarked]) {
    if (!/[<[|\u2581\uff5c]/.test(text)) continue;
    for (let at = marked.text.indexOf(text); at >= 0; at = marked.text.indexOf(text, at + text.length)) {
      spans.push({ start: at, end: at + text.length, message: -1 });
    }
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** Every text of the row that could end up in the render, trimmed. */
export function textsOf(conversation: Conversation): string[] {
  const texts: string[] = [];
  const collect: MarkPart = text => {
    if (text.trim() !== '') texts.push(text.trim());
    return text;
  };
  const { messages, ...extras } = conversation;
  for (const message of messages) wireMessage(message, 0, USUAL_FORM, collect);
  wireExtras(extras, USUAL_FORM, collect);
  return texts;
}
