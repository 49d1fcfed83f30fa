/** Settings chosen in the page hold for the data folder: in other windows, after a restart, on the command line. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectNoViolations } from './axe.ts';
import { demoModel } from './luthier-process.ts';
import { expect, test } from './studio.ts';

test('a folder for models is added, taken out and put back, and the list of models follows', async ({
  page,
  studio,
}) => {
  const folder = join(studio.workspace.directory, 'my models');
  mkdirSync(folder);
  copyFileSync(demoModel, join(folder, 'own.gguf'));
  const stored = () =>
    JSON.parse(readFileSync(join(studio.workspace.home, 'settings.json'), 'utf8')).modelFolders;
  await page.goto(studio.url);
  const models = page.getByRole('region', { name: 'Models on this machine' });
  await models.getByRole('textbox', { name: 'Look in a folder as well' }).fill('models');
  await models.getByRole('button', { name: 'Add folder' }).click();
  await expect(models.getByText(/modelFolders.0 is "models"; allowed is a list/)).toBeVisible();
  await models.getByRole('textbox', { name: 'Look in a folder as well' }).fill(folder);
  await models.getByRole('button', { name: 'Add folder' }).click();
  await expect(models.locator(`tr[title="${join(folder, 'own.gguf')}"]`)).toBeVisible();
  expect(stored()).toEqual([folder]);

  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  const list = page.getByRole('list', { name: 'Folders that are looked through' });
  await expect(list.getByText(folder)).toBeVisible();
  await page.getByRole('textbox', { name: 'Look in a folder as well' }).fill('/unplugged/models');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('listitem').filter({ hasText: '/unplugged' })).toContainText('not there now');
  await expectNoViolations(page);
  await page.getByRole('button', { name: `Take out ${folder}` }).click();
  await expect(list.getByText(folder)).toHaveCount(0);
  expect(stored()).toEqual(['/unplugged/models']);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(list.getByText(folder)).toBeVisible();
  expect(stored()).toEqual([folder, '/unplugged/models']);
});

test('the theme is the same in every window, from its first frame after a reload', async ({
  page,
  context,
  studio,
}) => {
  await page.goto(studio.url);
  await page.getByRole('link', { name: 'Settings' }).click();
  const other = await context.newPage();
  await other.goto(page.url().replace(/#.*/, '#/disk'));
  await expect(other.getByRole('heading', { name: 'Disk', level: 1 })).toBeVisible();
  await page.getByRole('group', { name: 'Appearance' }).getByRole('button', { name: 'Dark' }).click();
  for (const one of [page, other]) await expect(one.locator('html')).toHaveAttribute('data-theme', 'dark');
  await other.reload();
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');
  const settings = JSON.parse(readFileSync(join(studio.workspace.home, 'settings.json'), 'utf8'));
  expect(settings).toEqual({ theme: 'dark' });
});

test('what an earlier version kept in the page moves to the data folder once', async ({ page, studio }) => {
  await page.addInitScript(() => {
    const storage = Reflect.get(globalThis, 'localStorage');
    if (storage.getItem('test.seeded')) return;
    storage.setItem('test.seeded', 'yes');
    storage.setItem('luthier.theme', 'light');
    storage.setItem('luthier.modelFolders', '["/old/models", "relative"]');
  });
  await page.goto(studio.url);
  await page.getByRole('link', { name: 'Settings' }).click();
  const list = page.getByRole('list', { name: 'Folders that are looked through' });
  await expect(list.getByText('/old/models')).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  const left = await page.evaluate(() => Object.keys(Reflect.get(globalThis, 'localStorage')));
  expect(left.filter(key => key === 'luthier.theme' || key === 'luthier.modelFolders')).toEqual([]);
});

test('a settings file that cannot be read is said, and kept beside the mended one', async ({
  page,
  studio,
}) => {
  const file = join(studio.workspace.home, 'settings.json');
  writeFileSync(file, '{"theme": "black", "modelFolders": ["/a"]}');
  await page.goto(studio.url);
  await page.getByRole('link', { name: 'Settings' }).click();
  const notice = page.getByRole('region', { name: 'A setting cannot be read' });
  await expect(notice).toContainText('theme in');
  await expectNoViolations(page);
  await page.getByRole('group', { name: 'Appearance' }).getByRole('button', { name: 'Light' }).click();
  await expect(notice).toHaveCount(0);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ theme: 'light', modelFolders: ['/a'] });
  expect(readFileSync(`${file}.damaged`, 'utf8')).toContain('black');
});
