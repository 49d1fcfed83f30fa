/** The desktop app in Electron itself; skipped where its binary or a display is missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { launchElectron, whyNoElectron } from './electron-program.ts';

test('opens the studio’s start page in a window', async () => {
  const reason = whyNoElectron();
  test.skip(reason !== null, reason ?? '');
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
