/** The desktop app's menu shows the page's commands, and runs them here. */
import { useEffect } from 'react';
import type { MenuCommand } from '../../src-shared/contract/messages.ts';
import { desktop } from '../backend-client/desktop.ts';
import { useDesktopRequest } from '../backend-client/desktop-requests.ts';
import { useCommandList } from './use-commands.tsx';

/** Commands are registered anew with every render; the menu follows when they come to rest. */
const REST_MS = 50;

/** Shows nothing. It registers no command itself: that would change the list that it watches. */
export function NativeMenu() {
  const commands = useCommandList();
  const shown = JSON.stringify(
    commands
      .filter(({ isInMenu, isListed }) => isInMenu ?? isListed ?? true)
      .map(
        ({ id, title, shortcut, enabled }): MenuCommand => ({
          id,
          title,
          shortcut: shortcut ?? null,
          enabled,
        }),
      ),
  );
  useEffect(() => {
    if (!desktop) return;
    const timer = setTimeout(() => desktop?.setMenu(JSON.parse(shown)), REST_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  useDesktopRequest('command', ({ id }) => {
    const command = commands.find(one => one.id === id);
    if (command?.enabled) command.run();
  });
  return null;
}
