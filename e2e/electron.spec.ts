/** The desktop app in Electron itself; skipped where its binary or a display is missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { launchElectron, whyNoElectron } from './electron-program.ts';
import { startLuthier } from './luthier-process.ts';

const reason = whyNoElectron();
test.skip(reason !== null, reason ?? '');

test('opens the studio’s start page in a window', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'luthier-e2e-'));
  const app = await launchElectron(join(directory, 'data'), directory);
  try {
    const page = await app.firstWindow();
    await expect(page).toHaveTitle(/Luthier/);
    expect(page.url()).toMatch(/^app:\/\/luthier\//);
    await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
    expect(await page.evaluate(() => Object.keys(Reflect.get(globalThis, 'luthier')))).toEqual([
      'connect',
      'pathOf',
      'chooseFile',
      'showInFolder',
      'setMenu',
      'onRequest',
    ]);
    expect(await page.evaluate(() => ['require', 'process'].filter(name => name in globalThis))).toEqual([]);
    const labels = () =>
      app.evaluate(({ Menu }) =>
        Menu.getApplicationMenu()?.items.flatMap(
          ({ submenu }) => submenu?.items.map(({ label }) => label) ?? [],
        ),
      );
    await expect.poll(labels).toContain('Save recipe');
  } finally {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  }
});

test('has the draft that was written in a browser, and the browser has the app’s', async ({
  page: browserPage,
}) => {
  const directory = await mkdtemp(join(tmpdir(), 'luthier-e2e-'));
  const home = join(directory, 'data');
  const serve = startLuthier(['serve', '--no-open', '--json', '--home', home]);
  const { url } = await serve.line(value => typeof value['url'] === 'string');
  await browserPage.goto(String(url));
  const training = /^Training ?,/;
  await browserPage.getByRole('link', { name: training }).click();
  await browserPage.getByLabel('Epochs').fill('7');
  const app = await launchElectron(home, directory);
  try {
    const window = await app.firstWindow();
    await window.getByRole('link', { name: training }).click();
    await expect(window.getByLabel('Epochs')).toHaveValue('7');
    await window.getByLabel('Epochs').fill('8');
    // Two processes: a page looks when somebody comes back to it.
    await expect(async () => {
      await browserPage.reload();
      await expect(browserPage.getByLabel('Epochs')).toHaveValue('8', { timeout: 1000 });
    }).toPass();
  } finally {
    await app.close();
    serve.child.kill('SIGTERM');
    await serve.finished;
    await rm(directory, { recursive: true, force: true });
  }
});
