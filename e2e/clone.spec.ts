/** A past run as the beginning of the next: cloned and changed, continued with its adapter, saved as a recipe. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Page } from 'playwright/test';
import { loadRecipe } from '../src-main/adapters/recipe/recipe-file.ts';
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { chooseMore, expect, type Studio, test } from './studio.ts';

test('clone and change: the wizard opens with the recipe, and the new run names its parent', async ({
  page,
  studio,
}) => {
  const original = await trainedRun(page, studio);
  await page.getByRole('button', { name: 'Clone and change' }).click();
  await expect(page.getByRole('heading', { name: 'How should it learn?' })).toBeVisible();
  await page.getByLabel('Learning rate', { exact: true }).fill('0.001');
  await page.getByRole('link', { name: /^Run ?, / }).click();
  await expect(page.getByText('Changed from first try')).toBeVisible();
  await page.getByLabel('Name of the run').fill('second try');
  await expectNoViolations(page);
  // The draft and its parent outlive the visit.
  await page.reload();
  await expect(page.getByText('Changed from first try')).toBeVisible();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page).not.toHaveURL(/#\/new\//);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
  const related = page.getByRole('region', { name: 'Related runs' });
  await expect(related).toContainText('Changed from first try');
  await related.getByRole('link', { name: 'first try' }).click();
  await expect(page).toHaveURL(original);
  await expect(related).toContainText('Changed in second try');
  await expectNoViolations(page);
});

test('continue training: the new run begins with the adapter of the old one, or its best', async ({
  page,
  studio,
}) => {
  const original = await trainedRun(page, studio);
  const adapter =
    (await page
      .getByText(/\/adapter\.gguf$/)
      .first()
      .textContent()) ?? '';
  // Its best evaluation is made to be another than its last.
  const database = new Database(join(studio.workspace.home, 'history.sqlite'));
  database.exec(`
    INSERT INTO evaluations SELECT id, 1, 1.25, 3.5 FROM runs;
    INSERT INTO evaluations SELECT id, 3, 2.5, 12.2 FROM runs;
    UPDATE runs SET best_adapter_path = replace(adapter_path, 'adapter.gguf', 'best-adapter.gguf');`);
  database.close();
  await page.reload();
  const question = page.getByRole('dialog', { name: 'Continue with which adapter?' });
  await chooseMore(page, 'Continue training');
  await expect(question.getByLabel('Best evaluation: loss 1.250 at step 1')).toBeChecked();
  await expectNoViolations(page);
  await question.getByRole('button', { name: 'Open the recipe' }).click();
  await page.getByRole('link', { name: /^Run ?, / }).click();
  await expect(page.getByText('with the adapter of its best evaluation')).toBeVisible();
  await expect(page.locator('.yaml')).toContainText('best-adapter.gguf');
  await page.goto(original);
  await chooseMore(page, 'Continue training');
  await question.getByLabel('Last step: step 3, evaluation 2.500').check();
  await question.getByRole('button', { name: 'Open the recipe' }).click();
  await page.getByRole('link', { name: /^Run ?, / }).click();
  await expect(page.getByText('Continues first try')).toBeVisible();
  await expect(page.locator('.yaml')).toContainText(adapter);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page).not.toHaveURL(/#\/new\//);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Related runs' })).toContainText(
    'Continues first try with the adapter of its last step',
  );
});

test('a run is saved as a recipe that is the one it was made with', async ({ page, studio }) => {
  await trainedRun(page, studio);
  const [download] = await Promise.all([page.waitForEvent('download'), chooseMore(page, 'Save as recipe')]);
  expect(download.suggestedFilename()).toBe('first-try.luthier.yaml');
  const path = studio.workspace.write('saved.luthier.yaml', readFileSync(await download.path(), 'utf8'));
  expect(readFileSync(path, 'utf8')).toContain(`# From run ${page.url().split('/').at(-1)},`);
  const saved = loadRecipe(path);
  if (!saved.ok) throw new Error(saved.error.cause);
  expect(saved.value).toMatchObject({ name: 'first try', training: { maxSteps: 3 } });
  expect(saved.value.model.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('a draft forgets its parent on demand', async ({ page, studio }) => {
  await trainedRun(page, studio);
  await page.getByRole('button', { name: 'Clone and change' }).click();
  await page.getByRole('link', { name: /^Run ?, / }).click();
  await page.getByRole('button', { name: 'Name no parent' }).click();
  await expect(page.getByText('Changed from first try')).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Changed from first try')).toBeVisible();
});

test('from the history, a chosen run is run again', async ({ page, studio }) => {
  const original = await trainedRun(page, studio);
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('checkbox', { name: 'Choose first try' }).check();
  const panel = page.getByRole('complementary', { name: 'Chosen runs' });
  await expect(panel.getByRole('button', { name: 'Clone and change' })).toBeVisible();
  await expectNoViolations(page);
  await panel.getByRole('button', { name: 'Run again' }).click();
  await expect(page).toHaveURL(/#\/runs\/./, { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Byte for byte the same adapter' })).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole('region', { name: 'Related runs' }).getByRole('link')).toHaveAttribute(
    'href',
    new URL(original).hash,
  );
});

/** Trains a short run and stays on its page; gives the page's address. */
async function trainedRun(page: Page, { url, workspace }: Studio): Promise<string> {
  const row = conversation(['user', 'Which wood is the top of a lute?'], ['assistant', 'Spruce.']);
  const recipe = {
    version: 1,
    name: 'first try',
    model: { path: demoModel },
    dataset: { path: workspace.write('rows.jsonl', row.repeat(8)), validation: 'none' },
    training: { maxSteps: 3, warmupSteps: 0, batchSize: 1, gradientAccumulationSteps: 1 },
  };
  await page.goto(url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  const root = page.url().replace(/#.*/, '');
  const answer = await page.request.post(new URL('/api/runs.start', root).href, {
    data: { kind: 'draft', recipe },
    headers: { origin: new URL(root).origin },
  });
  const { value } = (await answer.json()) as { value: { id: string } };
  await page.goto(`${root}#/runs/${value.id}`);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
  return page.url();
}
