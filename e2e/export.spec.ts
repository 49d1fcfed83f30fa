import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expectNoViolations } from './axe.ts';
import { expect, openDemoRun, test } from './studio.ts';

test('after the demo, the model is exported, merged and as adapter, and loads again', async ({
  page,
  studio,
}) => {
  const folder = studio.workspace.directory;
  await openDemoRun(page, studio);
  const panel = page.getByRole('region', { name: 'Export', exact: true });
  const start = panel.getByRole('button', { name: 'Export', exact: true });

  // The adapter, by keyboard.
  await panel.getByLabel('Folder').fill(folder);
  await panel.getByLabel('Name').fill('mine.gguf');
  await expect(panel.getByText(/^Needs .* are free there\.$/)).toBeVisible();
  await start.focus();
  await page.keyboard.press('Enter');
  await expect(panel.getByText('Exported and verified')).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByText('is the same on 100 %', { exact: false })).toBeVisible();
  await expectNoViolations(page);

  // What is there already is asked about first.
  await expect(start).toHaveAttribute('aria-disabled', 'true');
  await expect(panel.getByText(`${join(folder, 'mine.gguf')} is there already.`)).toBeVisible();
  await panel.getByLabel('Replace it').check();
  await expect(start).not.toHaveAttribute('aria-disabled', 'true');

  // Merged, in eight bits.
  await panel.getByLabel('Format').selectOption('gguf');
  await panel.getByLabel('Type of the weights').selectOption('Q8_0');
  await panel.getByLabel('Name').fill('merged.gguf');
  await expect(start).not.toHaveAttribute('aria-disabled', 'true');
  await start.click();
  await expect(panel.getByText(join(folder, 'merged.gguf'))).toBeVisible({ timeout: 60_000 });
  await expectNoViolations(page);
  expect(
    readdirSync(folder)
      .filter(name => /gguf|luthier-export/.test(name))
      .sort(),
  ).toEqual(['merged.gguf', 'mine.gguf']);

  // A folder that is not there is said, not made.
  await panel.getByLabel('Folder').fill(join(folder, 'nowhere'));
  await expect(panel.getByText(`There is no folder ${join(folder, 'nowhere')}.`)).toBeVisible();
  await expect(start).toHaveAttribute('aria-disabled', 'true');
  await expectNoViolations(page);

  // The merged model is one of those that a run can begin with.
  const ask = (procedure: string, data: unknown) =>
    page.request.post(new URL(`/api/${procedure}`, studio.url).href, { data });
  await ask('settings.change', { changes: { modelFolders: [folder] } });
  const answer = await ask('models.list', {});
  const { value } = (await answer.json()) as { value: { models: { path: string; refusal?: unknown }[] } };
  const merged = value.models.find(({ path }) => path === join(folder, 'merged.gguf'));
  expect(merged).toBeDefined();
  const facts = await ask('models.describe', { path: join(folder, 'merged.gguf') });
  expect(await facts.json()).toMatchObject({ ok: true, value: { quantization: 'Q8_0' } });
});

test('an export that is cancelled changes nothing, and can be started again', async ({ page, studio }) => {
  const folder = studio.workspace.directory;
  await openDemoRun(page, studio);
  const panel = page.getByRole('region', { name: 'Export', exact: true });
  await panel.getByLabel('Format').selectOption('gguf');
  await panel.getByLabel('Folder').fill(folder);
  await panel.getByLabel('Name').fill('merged.gguf');
  const start = panel.getByRole('button', { name: 'Export', exact: true });
  await expect(start).not.toHaveAttribute('aria-disabled', 'true');
  await start.click();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByText('The export was cancelled. Nothing was changed.')).toBeVisible();
  await expectNoViolations(page);
  await expect.poll(() => readdirSync(folder).filter(name => /gguf|luthier-export/.test(name))).toEqual([]);

  await expect(start).not.toHaveAttribute('aria-disabled', 'true');
  await start.click();
  await expect(panel.getByText('Exported and verified')).toBeVisible({ timeout: 60_000 });
  expect(readdirSync(folder).filter(name => /gguf|luthier-export/.test(name))).toEqual(['merged.gguf']);
});
