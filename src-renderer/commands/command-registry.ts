/** What can be done now, written once: buttons, shortcuts and the palette derive from it. */
import type { Shortcut } from './shortcut.ts';

export interface Command {
  /** Stable and dotted: `newRun.runDemo`. */
  readonly id: string;
  readonly title: string;
  readonly shortcut?: Shortcut;
  /** A disabled command stays visible, and does nothing. */
  readonly enabled: boolean;
  /** Why it is disabled, where that is not plain to see. */
  readonly reason?: string;
  /** False for what makes no sense in the palette, such as opening it. */
  readonly isListed?: boolean;
  /** Whether the desktop app's menu has it; as `isListed` where it is not said. */
  readonly isInMenu?: boolean;
  run(): void;
}

export interface CommandRegistry {
  /** Adds the command, or replaces the one with its id; returns what removes it again. */
  register(command: Command): () => void;
  /** In order of their ids, so that those of one area stand together. The same array until a change. */
  list(): readonly Command[];
  subscribe(listener: () => void): () => void;
}

export function createCommandRegistry(): CommandRegistry {
  const commands = new Map<string, Command>();
  const listeners = new Set<() => void>();
  let listed: readonly Command[] = [];

  function changed(): void {
    listed = [...commands.values()].sort((a, b) => a.id.localeCompare(b.id));
    for (const listener of listeners) listener();
  }

  return {
    register(command) {
      commands.set(command.id, command);
      changed();
      return () => {
        if (commands.get(command.id) !== command) return;
        commands.delete(command.id);
        changed();
      };
    },
    list: () => listed,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Listed commands whose title holds every word of the query, in any order. */
export function findCommands(commands: readonly Command[], query: string): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(
    ({ title, isListed = true }) => isListed && words.every(word => title.toLowerCase().includes(word)),
  );
}

/** The areas of commands in the order in which lists show them; `page` is what the page at hand is about. */
const AREAS = ['app', 'go', 'recipe', 'page'] as const;
export type CommandArea = (typeof AREAS)[number];

const AREA_OF: Readonly<Record<string, CommandArea>> = {
  app: 'app',
  theme: 'app',
  go: 'go',
  step: 'go',
  recipe: 'recipe',
};

/** By the first part of their ids, each group in the order of the list; empty groups are left out. */
export function groupCommands(
  commands: readonly Command[],
): readonly { readonly area: CommandArea; readonly commands: readonly Command[] }[] {
  const areaOf = ({ id }: Command) => AREA_OF[id.split('.')[0] ?? ''] ?? 'page';
  return AREAS.map(area => ({ area, commands: commands.filter(command => areaOf(command) === area) })).filter(
    group => group.commands.length > 0,
  );
}
