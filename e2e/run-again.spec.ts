/** A past run is trained once more from its page, and says whether the same adapter came out. */
import { appendFileSync } from 'node:fs';
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { chooseMore, expect, openDemoRun, test } from './studio.ts';

test('the demo, run again, is byte for byte the same, and each of the two runs leads to the other', async ({
  page,
  studio,
}) => {
  const original = await openDemoRun(page, studio);

  const more = page.getByRole('button', { name: 'More', exact: true });
  await more.focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'More' });
  await expect(menu.getByRole('menuitem', { name: 'Run again' })).toBeFocused();
  await expectNoViolations(page);
  await page.keyboard.press('ArrowUp');
  await expect(menu.getByRole('menuitem', { name: 'Save as recipe' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(more).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(original);
  const repeated = page.url();
  const same = page.getByRole('region', { name: 'Byte for byte the same adapter' });
  await expect(same).toBeVisible({ timeout: 120_000 });
  await expect(same.getByText(/^SHA-256 [0-9a-f]{64}$/)).toBeVisible();
  await expect(same.getByText(/steps have the same loss and gradient norm/)).toBeVisible();
  await expectNoViolations(page);

  const related = page.getByRole('region', { name: 'Related runs' });
  await expect(related).toContainText('Repeats');
  await related.getByRole('link').click();
  await expect(page).toHaveURL(original);
  await expect(related).toContainText('Repeated by');
  await related.getByRole('link').click();
  await expect(page).toHaveURL(repeated);
  await expect(same).toBeVisible();
});

test('where the data has changed, the studio asks before it runs again', async ({ page, studio }) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(8);
  const data = studio.workspace.write('rows.jsonl', rows);
  const recipe = studio.workspace.write(
    'short.luthier.yaml',
    `version: 1\nname: short one\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}, validation: none}\ntraining: {maxSteps: 3, warmupSteps: 0}\n`,
  );
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(recipe);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByText('Ready: no check blocks the launch')).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
  const original = page.url();
  appendFileSync(data, conversation(['user', 'And the hare?'], ['assistant', 'In the field.']));

  await chooseMore(page, 'Run again');
  const question = page.getByRole('dialog', { name: 'The files are no longer what they were' });
  await expect(question).toContainText(`Written since then: ${data}.`);
  await expect(question).toContainText('There were 8 examples then, and are 9 now.');
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(page).toHaveURL(original);

  await chooseMore(page, 'Run again');
  await question.getByRole('button', { name: 'Run again all the same' }).click();
  await expect(page).not.toHaveURL(original);
  const different = page.getByRole('region', { name: 'Not the same adapter' });
  await expect(different).toContainText('Changed on the disk since then: the data', { timeout: 60_000 });
  await expectNoViolations(page);
});
