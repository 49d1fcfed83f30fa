/** Whom unknown role names may stand for, guessed from where they stand between the known ones. */
import type { JsonValue, Role } from '../../../src-shared/domain/conversation.ts';
import { isObject, unwrapJson } from '../import/json-shapes.ts';
import { isMessageList, roleNamesIn } from '../import/read-messages.ts';
import { type RoleNames, resolveRole } from '../import/roles.ts';

/**
 * `rows` as they stand in the file. Null where no name is open. A name that the recipe maps to something
 * else than an answer counts as open when no row has an answer.
 *
 *     narrator hero narrator hero  →  {narrator: user, hero: assistant}
 */
export function proposeRoles(rows: readonly unknown[], given: RoleNames): Record<string, Role> | null {
  const dialogues = rows.map(namesOf).filter(names => names.length > 0);
  const withoutGiven = (name: string) => resolveRole(name, {});
  const answered = dialogues.some(names =>
    names.some(name => resolveRole(name, given)?.role === 'assistant'),
  );
  const isOpen = (name: string) =>
    resolveRole(name, given) === null || (!answered && Object.hasOwn(given, name));
  const votes = new Map<string, Map<Role, number>>();
  for (const names of dialogues) {
    for (const [index, name] of names.entries()) {
      if (!isOpen(name)) continue;
      const own = votes.get(name) ?? new Map<Role, number>();
      const role =
        withoutGiven(name)?.role ??
        guess(names, index, other => (isOpen(other) ? null : (resolveRole(other, given)?.role ?? null)));
      own.set(role, (own.get(role) ?? 0) + 1);
      votes.set(name, own);
    }
  }
  if (votes.size === 0) return null;
  const guessed = [...votes].map(([name, own]) => [name, most(own)] as const);
  return { ...given, ...Object.fromEntries(guessed) };
}

/** The other side of a known neighbour; else answers are every second message, counted from the last. */
function guess(names: readonly string[], index: number, known: (name: string) => Role | null): Role {
  const before = index > 0 ? known(names[index - 1] ?? '') : null;
  const after = index + 1 < names.length ? known(names[index + 1] ?? '') : null;
  if (before === 'user') return 'assistant';
  if (before === 'assistant') return 'user';
  if (after === 'assistant') return 'user';
  if (after === 'user') return index === 0 ? 'system' : 'assistant';
  const fromEnd = names.length - 1 - index;
  if (index === 0 && fromEnd > 0 && fromEnd % 2 === 0 && !names.slice(1).includes(names[0] ?? ''))
    return 'system';
  return fromEnd % 2 === 0 ? 'assistant' : 'user';
}

function most(votes: ReadonlyMap<Role, number>): Role {
  const [best] = [...votes].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? 'user';
}

function namesOf(value: unknown): string[] {
  const lists = isObject(value)
    ? Object.values(value).map(column => unwrapJson(column as JsonValue))
    : [value as JsonValue];
  const list = lists.find(
    column => isMessageList(column) && column.length > 0 && roleNamesIn(column).length > 0,
  );
  return Array.isArray(list) ? roleNamesIn(list as readonly JsonValue[]) : [];
}
