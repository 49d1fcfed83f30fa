/** The application menu: the page's own commands beside what the platform expects, without links to the web. */
import { app, Menu, type MenuItemConstructorOptions, type WebContents } from 'electron';
import { z } from 'zod';
import { type MenuCommand, menuCommandSchema } from '../../../src-shared/contract/messages.ts';
import { CHANNELS } from './channels.ts';
import { isOwnPage } from './ipc.ts';
import { arrangeMenu, type MenuItem, type TopMenu } from './menu-places.ts';

export interface AppMenu {
  /** Follows the commands of the window's page; without a page the menu has none. */
  followPage(contents: WebContents): void;
}

/** Replaces Electron's default menu. Editing shortcuts on macOS exist only through it. Needs Electron ready. */
export function installMenu(platform: NodeJS.Platform, onCommand: (id: string) => void): AppMenu {
  function show(commands: readonly MenuCommand[]): void {
    const template = arrangeMenu(commands, { isMac: platform === 'darwin', isPackaged: app.isPackaged });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template.map(asOptions)));
  }
  function asOptions({ role, label, items }: TopMenu): MenuItemConstructorOptions {
    return {
      ...(role ? { role } : {}),
      ...(label ? { label } : {}),
      ...(items ? { submenu: items.map(clickable) } : {}),
    };
  }
  function clickable({ commandId, ...item }: MenuItem): MenuItemConstructorOptions {
    return commandId === undefined ? item : { ...item, click: () => onCommand(commandId) };
  }

  show([]);
  return {
    followPage(contents) {
      contents.ipc.on(CHANNELS.menu, (event, commands: unknown) => {
        if (isOwnPage(event, contents)) show(commandsIn(commands));
      });
      contents.on('did-navigate', () => show([]));
      contents.on('destroyed', () => show([]));
    },
  };
}

const LIST = z.array(z.unknown()).max(500);

/** What is no command is passed over; a shortcut that the menu cannot show is left out. */
function commandsIn(value: unknown): readonly MenuCommand[] {
  const list = LIST.safeParse(value);
  return (list.data ?? []).flatMap(item => menuCommandSchema.safeParse(item).data ?? []);
}
