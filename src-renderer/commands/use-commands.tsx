/** Commands in React: the registry for a subtree, and the hooks that fill and read it. */
import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import type { Command, CommandRegistry } from './command-registry.ts';
import { matchesShortcut } from './shortcut.ts';

const CommandContext = createContext<CommandRegistry | null>(null);

export const CommandProvider = CommandContext.Provider;

export const IS_MAC = /mac/i.test(navigator.platform);

function useRegistry(): CommandRegistry {
  const registry = useContext(CommandContext);
  if (!registry) throw new Error('Commands need a CommandProvider above them.');
  return registry;
}

/** Offers the command while the component is mounted; returns it for a `CommandButton`. */
export function useCommand(command: Command): Command {
  const registry = useRegistry();
  useEffect(() => registry.register(command));
  return command;
}

export function useCommandList(): readonly Command[] {
  const registry = useRegistry();
  return useSyncExternalStore(registry.subscribe, registry.list);
}

/** Runs the enabled command whose shortcut is pressed, anywhere but where Enter and undo belong to a text. */
export function useShortcuts(): void {
  const registry = useRegistry();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.matches('input, textarea');
      if (isTyping && (event.key === 'Enter' || event.key.toLowerCase() === 'z')) return;
      const command = registry
        .list()
        .find(({ shortcut }) => shortcut !== undefined && matchesShortcut(event, shortcut, IS_MAC));
      if (!command) return;
      event.preventDefault();
      if (command.enabled && !event.repeat) command.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [registry]);
}
