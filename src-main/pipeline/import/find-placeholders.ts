/** Template variables that somebody forgot to fill in: `{{name}}`, `[YOUR NAME]`. */
import type { Message } from '../../../src-shared/domain/conversation.ts';

const BRACES = /\{\{\s*[\w.-]{1,40}\s*\}\}/;
/** Capitals in brackets; not the control words of models and not the text of a link. */
const BRACKETS =
  /\[(?!(?:INST|SYS|PAD|UNK|CLS|SEP|MASK|BOS|EOS|THINK|TOOL_CALLS|DONE|TODO|SIC|NULL)\])[A-Z][A-Z _]{2,30}\](?![([])/;

export function hasPlaceholder(text: string): boolean {
  return BRACES.test(text) || BRACKETS.test(text);
}

/** The first one of a text as it is written there; null where there is none. */
export function firstPlaceholder(text: string): string | null {
  const found = [BRACES.exec(text), BRACKETS.exec(text)].filter(match => match !== null);
  return found.sort((a, b) => a.index - b.index)[0]?.[0] ?? null;
}

export function messagesHavePlaceholder(messages: readonly Message[]): boolean {
  return messages.some(message => message.content !== null && hasPlaceholder(message.content));
}
