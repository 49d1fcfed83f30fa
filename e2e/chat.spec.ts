import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { expect, openDemoRun, test } from './studio.ts';

const promptField = (page: Page) => page.getByRole('textbox', { name: 'Prompt', exact: true });
const answerOf = (page: Page, name: string) => page.getByRole('article', { name, exact: true }).last();

test('after the demo, base and tuned answer a held-out letter side by side', async ({ page, studio }) => {
  await page.goto(studio.url);
  await page.getByRole('link', { name: 'Chat' }).click();
  await expect(page.getByText('No run to chat with yet')).toBeVisible();
  await expectNoViolations(page);
  await openDemoRun(page, studio);
  await page.getByRole('link', { name: 'Open in chat' }).click();
  await expect(page).toHaveURL(/#\/chat\/.+/);

  const letters = page.getByRole('list', { name: 'Held-out prompts to try' }).getByRole('button');
  await letters.nth(1).click();
  await expect(promptField(page)).toBeFocused();
  await expect(promptField(page)).toHaveValue(/oak zither/);
  await page.getByRole('button', { name: 'What the model gets' }).click();
  await expect(page.getByRole('region', { name: 'Prompt as tokens' })).toContainText('<|im_start|>');
  await promptField(page).press('Enter');
  await expect(answerOf(page, 'Tuned')).toContainText('"item":"zither"');
  await expect(answerOf(page, 'Tuned')).toContainText('exact match');
  await expect(answerOf(page, 'Base')).toContainText('differs');
  await expectNoViolations(page);

  // Pointing at a token shows what else the model might have said.
  await answerOf(page, 'Base').locator('[data-token]').first().hover();
  await expect(page.getByText('Token 1 of')).toBeVisible();

  // The second turn has the first before it, and each side its own.
  await promptField(page).fill('Thank you.');
  await promptField(page).press('Shift+Enter');
  await expect(promptField(page)).toHaveValue('Thank you.\n');
  const tokens = page.getByRole('region', { name: 'Prompt as tokens' });
  await expect(tokens).toContainText('zither');
  await expect(tokens).toContainText('Thank');
  await promptField(page).press('Enter');
  await expect(page.getByRole('article', { name: 'Tuned', exact: true })).toHaveCount(2);
  await expect(answerOf(page, 'Tuned')).toHaveAttribute('aria-busy', 'false');

  // By keyboard: tokens stepped through, a new chat begun.
  await page.getByRole('button', { name: 'Tokens', exact: true }).press('Enter');
  const list = page.getByRole('listbox', { name: 'Tokens of the answer of Tuned' }).first();
  await list.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('Token 2 of')).toBeVisible();
  await expect(list.getByRole('option', { selected: true })).toHaveCount(1);
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'New chat' }).press('Enter');
  await expect(page.getByText('Write a prompt, or take one that training never saw')).toBeVisible();

  // Settings that cannot be are said, and not taken.
  await page.getByRole('button', { name: 'Sampled' }).press('Enter');
  await page.getByLabel('Temperature').fill('9');
  await expect(page.getByText('From 0.1 to 5.')).toBeVisible();
  await expectNoViolations(page);
});

test('while a run has the device, a chat says so, and answers beside it or waits', async ({
  page,
  studio,
}) => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    conversation(['user', `Where is fox ${i}?`], ['assistant', 'In the wood.']),
  ).join('');
  const data = studio.workspace.write('rows.jsonl', rows);
  const recipe = (name: string, epochs: number) =>
    studio.workspace.write(
      `${name}.luthier.yaml`,
      `version: 1\nname: ${name}\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\ntraining: {epochs: ${epochs}}\n`,
    );
  const start = async (path: string) => {
    const answer = await page.request.post(new URL('/api/runs.start', studio.url).href, {
      data: { kind: 'file', path },
    });
    return ((await answer.json()) as { value: { id: string } }).value.id;
  };
  await page.goto(studio.url);
  const short = await start(recipe('short', 1));
  await page.goto(`${new URL('/', studio.url).href}#/runs/${short}`);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
  const long = await start(recipe('long', 5000));

  await page.getByRole('link', { name: 'Open in chat' }).click();
  await expect(page.getByText(/rows? that (were|was) held back/)).toBeVisible();
  await promptField(page).fill('Where is the fox?');
  await promptField(page).press('Enter');
  await expect(page.getByText('It is taken by the run long.')).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Answer beside it' }).click();
  await expect(answerOf(page, 'Tuned')).toHaveAttribute('aria-busy', 'false');

  await promptField(page).fill('And the hen?');
  await promptField(page).press('Enter');
  await page.getByRole('button', { name: 'Wait for it' }).click();
  await expect(page.getByText('Waits for the device.')).toBeVisible();

  // Escape ends the wait, and the prompt is there to be written on.
  await page.keyboard.press('Escape');
  await expect(promptField(page)).toHaveValue('And the hen?');
  await promptField(page).press('Enter');
  await page.getByRole('button', { name: 'Wait for it' }).click();
  await expect(page.getByText('Waits for the device.')).toBeVisible();
  await page.request.post(new URL('/api/runs.stop', studio.url).href, { data: { id: long } });
  await expect(page.getByRole('article', { name: 'Tuned', exact: true })).toHaveCount(2);
  await expect(answerOf(page, 'Tuned')).toHaveAttribute('aria-busy', 'false');
});
