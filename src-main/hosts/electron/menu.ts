/** The application menu: what the platform expects, without Electron's own links to the web. */
import { Menu, type MenuItemConstructorOptions } from 'electron';

/** Replaces Electron's default menu. Editing shortcuts on macOS exist only through it. */
export function installMenu(platform: NodeJS.Platform): void {
  const appMenu: MenuItemConstructorOptions[] = platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  const template: MenuItemConstructorOptions[] = [
    ...appMenu,
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
