/** Template variables that somebody forgot to fill in: `{{name}}`, `[YOUR NAME]`. */
import type { Message } from '../../../src-shared/domain/conversation.ts';

const BRACES = /\{\{\s*[\w.-]{1,40}\s*\}\}/;
/** Capitals in brackets; not the control words of models and not the text of a link. */
const BRACKETS =
  /\[(?!(?:INST|SYS|PAD|UNK|CLS|SEP|MASK|BOS|EOS|THINK|TOOL_CALLS|DONE|TODO|SIC|NULL)\])[A-Z][A-Z _]{2,30}\](?![([])/;

export function hasPlaceholder(text: string): boolean {
  return BRACES.test(text) || BRACKETS.test(text);
}

export function messagesHavePlaceholder(messages: readonly Message[]): boolean {
  return messages.some(message => message.content !== null && hasPlaceholder(message.content));
}
