/** Which command stands in which menu. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../../src-shared/contract/messages.ts';

export type MenuItem = Pick<
  MenuItemConstructorOptions,
  'role' | 'type' | 'label' | 'accelerator' | 'registerAccelerator' | 'enabled'
> & { readonly commandId?: string };

/** One of the platform's own menus, or one with a name and items. */
export interface TopMenu {
  readonly role?: 'appMenu' | 'editMenu' | 'windowMenu' | 'help' | undefined;
  readonly label?: string | undefined;
  readonly items?: readonly MenuItem[] | undefined;
}

interface Platform {
  readonly isMac: boolean;
  /** An installed app has no tools for developers in its menu. */
  readonly isPackaged: boolean;
}

/** The menu of each area of commands, by the first part of their ids; what is not named here is about the page. */
const MENU_OF: Readonly<Record<string, 'file' | 'go' | 'view' | 'help'>> = {
  recipe: 'file',
  go: 'go',
  step: 'go',
  theme: 'view',
  app: 'help',
};
/** In text fields they undo typing, which only the platform's own items do. */
const UNDO = ['recipe.undo', 'recipe.redo'];

const SEPARATOR: MenuItem = { type: 'separator' };

/** Empty menus are left out. */
export function arrangeMenu(commands: readonly MenuCommand[], { isMac, isPackaged }: Platform): TopMenu[] {
  const undo = commands.filter(({ id }) => UNDO.includes(id));
  const others = commands.filter(({ id }) => !UNDO.includes(id));
  const of = (menu: string) =>
    others.filter(({ id }) => (MENU_OF[id.split('.')[0] ?? ''] ?? 'run') === menu).map(asItem);
  const menus: TopMenu[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: '&File', items: [...withEnd(of('file')), isMac ? CLOSE : QUIT] },
    isMac ? { role: 'editMenu' } : { label: '&Edit', items: [...withEnd(undo.map(asItem)), ...EDIT] },
    { label: '&Run', items: of('run') },
    { label: '&Go', items: of('go') },
    { label: '&View', items: [...withEnd(of('view')), ...VIEW, ...(isPackaged ? [] : DEVELOPER)] },
    { role: 'windowMenu' },
    { role: 'help', label: '&Help', items: of('help') },
  ];
  return menus.filter(({ items }) => items?.length !== 0);
}

const CLOSE: MenuItem = { role: 'close' };
const QUIT: MenuItem = { role: 'quit' };
const EDIT: readonly MenuItem[] = [
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
];
const VIEW: readonly MenuItem[] = [
  { role: 'resetZoom' },
  { role: 'zoomIn' },
  { role: 'zoomOut' },
  { role: 'togglefullscreen' },
];
const DEVELOPER: readonly MenuItem[] = [SEPARATOR, { role: 'reload' }, { role: 'toggleDevTools' }];

function withEnd(items: readonly MenuItem[]): readonly MenuItem[] {
  return items.length === 0 ? [] : [...items, SEPARATOR];
}

/** The page hears its shortcuts itself: the menu only shows them, or each would run its command twice. */
function asItem({ id, title, shortcut, enabled }: MenuCommand): MenuItem {
  return {
    commandId: id,
    label: title.replaceAll('&', '&&'),
    enabled,
    ...(shortcut === null
      ? {}
      : { accelerator: shortcut.replace('Mod', 'CommandOrControl'), registerAccelerator: false }),
  };
}
