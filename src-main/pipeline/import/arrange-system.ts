/** Adds the default system prompt where there is none, and merges system messages into user messages if asked. */
import type { Message } from '../../../src-shared/domain/conversation.ts';

export interface SystemOptions {
  /** Used where a conversation has no system message. */
  readonly systemPrompt: string | null;
  readonly systemRole: 'keep' | 'merge';
}

/** `own`: the row's system column; a system message in the list wins over it. */
export function arrangeSystem(
  messages: readonly Message[],
  own: string | null,
  options: SystemOptions,
): readonly Message[] {
  const prompt = own ?? options.systemPrompt;
  const all: readonly Message[] =
    prompt !== null && !messages.some(isSystem)
      ? [{ role: 'system', content: prompt }, ...messages]
      : messages;
  return options.systemRole === 'merge' ? mergeSystem(all) : all;
}

/** `[system a, user b]` → `[user "a\n\nb"]`; without a user message behind it, the text becomes one. */
function mergeSystem(messages: readonly Message[]): readonly Message[] {
  const merged: Message[] = [];
  let pending: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (isSystem(message)) {
      pending.push(message.content ?? '');
      const more = messages.slice(index + 1).some(later => later.role === 'user' || isSystem(later));
      if (more) continue;
      merged.push({ role: 'user', content: pending.join('\n\n') });
      pending = [];
    } else if (message.role === 'user' && pending.length > 0) {
      merged.push({ ...message, content: [...pending, message.content ?? ''].join('\n\n') });
      pending = [];
    } else {
      merged.push(message);
    }
  }
  return merged;
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}
