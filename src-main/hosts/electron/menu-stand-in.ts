/** Test-only: the application menu of the Electron stand-in. It takes what Electron takes, and items can be clicked. */
import { checkKeys } from './stand-in-guard.ts';

export interface MenuItemStandIn {
  readonly role?: string;
  readonly type?: string;
  readonly label?: string;
  readonly accelerator?: string;
  readonly enabled?: boolean;
  readonly submenu?: readonly MenuItemStandIn[];
  click?(): void;
}

const KEYS = ['role', 'type', 'label', 'accelerator', 'registerAccelerator', 'enabled', 'submenu', 'click'];
const ROLES = [
  ...['appMenu', 'editMenu', 'windowMenu', 'help', 'quit', 'close'],
  ...['cut', 'copy', 'paste', 'selectAll'],
  ...['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen', 'reload', 'toggleDevTools'],
];
const ACCELERATOR = /^(CommandOrControl\+)(Shift\+)?([A-Z0-9,./]|Enter)$/;

/** As `Menu.buildFromTemplate`: throws where an item is none. */
export function buildMenu(template: readonly MenuItemStandIn[]): readonly MenuItemStandIn[] {
  for (const item of template) {
    checkKeys('keys of a menu item', item, KEYS);
    if (item.role === undefined && item.label === undefined && item.type !== 'separator') {
      throw new Error('Invalid template for MenuItem: must have at least one of label, role or type');
    }
    if (item.role !== undefined && !ROLES.includes(item.role)) {
      throw new Error(`The stand-in does not know the menu role ${item.role}.`);
    }
    if (item.accelerator !== undefined && !ACCELERATOR.test(item.accelerator)) {
      throw new Error(`${item.accelerator} is no valid accelerator`);
    }
    buildMenu(item.submenu ?? []);
  }
  return template;
}
