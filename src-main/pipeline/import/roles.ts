/** Who speaks: the recipe's role names, else the common ones, as whole names. */
import { ROLES, type Role } from '../../../src-shared/domain/conversation.ts';

export type RoleNames = Readonly<Record<string, Role>>;

/** `toolCall`: the content of such a message is the call itself, as JSON. */
export interface ResolvedRole {
  readonly role: Role;
  readonly toolCall: boolean;
  readonly reason: string;
}

/** Names that other tools use for the same speakers, in lower case. */
const COMMON_ROLES = new Map<string, Role>([
  ...ROLES.map(role => [role, role] as const),
  ['human', 'user'],
  ['prompter', 'user'],
  ['gpt', 'assistant'],
  ['model', 'assistant'],
  ['bot', 'assistant'],
  ['chatgpt', 'assistant'],
  ['chatbot', 'assistant'],
  ['bard', 'assistant'],
  ['bing', 'assistant'],
  ['ai', 'assistant'],
  ['function', 'tool'],
  ['observation', 'tool'],
  ['ipython', 'tool'],
  ['tool_response', 'tool'],
  ['function_response', 'tool'],
]);

const TOOL_CALL_ROLES = new Set(['function_call', 'tool_call']);

export function resolveRole(name: string, given: RoleNames): ResolvedRole | null {
  const own = Object.hasOwn(given, name) ? given[name] : undefined;
  if (own) return { role: own, toolCall: false, reason: 'set in the recipe' };
  const lower = name.toLowerCase();
  if (TOOL_CALL_ROLES.has(lower))
    return { role: 'assistant', toolCall: true, reason: 'known name of a tool call' };
  const role = COMMON_ROLES.get(lower);
  return role ? { role, toolCall: false, reason: 'known name' } : null;
}
