import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { expect, test } from './studio.ts';

test('a real step is tried before the run: cancelled, then measured', async ({ page, studio }) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(24);
  const data = studio.workspace.write('fox.jsonl', rows);
  const recipe = studio.workspace.write(
    'fox.luthier.yaml',
    `version: 1\nname: fox\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\nadapter: {rank: 4}\n`,
  );
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(recipe);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByText('Ready: no check blocks the launch')).toBeVisible();

  const card = page.getByRole('region', { name: 'A real step' });
  await card.getByRole('button', { name: 'Try one step' }).click();
  await card.getByRole('button', { name: 'Cancel' }).click();
  await expect(card.getByRole('list')).toHaveCount(0);

  // The device is free again as soon as the cancelled step has ended.
  await expect(async () => {
    await card.getByRole('button', { name: 'Try one step' }).click();
    await expect(card.getByText(/A real batch has the loss/)).toBeVisible({ timeout: 60_000 });
  }).toPass();
  await expect(card.getByText(/over \d+ trained tokens/)).toBeVisible();
  await expect(card.getByText('not measured')).toHaveCount(0);
  await expectNoViolations(page);
});
