import { expect, it } from 'vitest';
import type { MenuCommand } from '../../../src-shared/contract/messages.ts';
import { arrangeMenu } from './menu-places.ts';

const command = (id: string, shortcut: string | null = null): MenuCommand => ({
  id,
  title: `${id} & more`,
  shortcut,
  enabled: true,
});
const all = ['app.palette', 'go.disk', 'recipe.open', 'recipe.undo', 'run.stop', 'step.1', 'theme.dark'];

function outline(isMac: boolean, commands: readonly MenuCommand[], isPackaged = true) {
  return arrangeMenu(commands, { isMac, isPackaged }).map(({ role, label, items }) => [
    label ?? role,
    ...(items ?? []).map(item => item.commandId ?? item.role ?? item.type),
  ]);
}

it('puts each command into the menu of its area', () => {
  expect(
    outline(
      false,
      all.map(id => command(id)),
    ),
  ).toEqual([
    ['&File', 'recipe.open', 'separator', 'quit'],
    ['&Edit', 'recipe.undo', 'separator', 'cut', 'copy', 'paste', 'selectAll'],
    ['&Run', 'run.stop'],
    ['&Go', 'go.disk', 'step.1'],
    ['&View', 'theme.dark', 'separator', 'resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'],
    ['windowMenu'],
    ['&Help', 'app.palette'],
  ]);
});

it('has the menus of the platform on macOS, where undo in a text exists only through them', () => {
  const [app, file, edit] = outline(
    true,
    all.map(id => command(id)),
  );
  expect([app, file, edit]).toEqual([
    ['appMenu'],
    ['&File', 'recipe.open', 'separator', 'close'],
    ['editMenu'],
  ]);
});

it('leaves out what is empty, and the tools for developers in an installed app', () => {
  expect(outline(false, []).map(([name]) => name)).toEqual(['&File', '&Edit', '&View', 'windowMenu']);
  expect(outline(false, []).flat()).not.toContain('toggleDevTools');
  expect(outline(false, [], false).flat()).toContain('toggleDevTools');
});

it('shows shortcuts without listening to them, and titles to the letter', () => {
  const run = arrangeMenu([command('run.stop', 'Mod+Shift+S')], { isMac: false, isPackaged: true });
  expect(run.find(({ label }) => label === '&Run')?.items).toEqual([
    {
      commandId: 'run.stop',
      label: 'run.stop && more',
      enabled: true,
      accelerator: 'CommandOrControl+Shift+S',
      registerAccelerator: false,
    },
  ]);
});
