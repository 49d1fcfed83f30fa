import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { countClicks, expect, test } from './studio.ts';

test('the demo, from first start to tuned answer, and back in the history', async ({ page, studio }) => {
  const made = await countClicks(page);
  await page.goto(studio.url);
  await expect(
    page.getByRole('heading', { name: 'Which model do you want to tune?', level: 1 }),
  ).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Run the demo' }).click();

  await expect(page).toHaveURL(/#\/runs\//);
  await expect(page.getByText(/step \d+ of \d+/).first()).toBeVisible();
  await expect(page.locator('.uplot canvas').first()).toBeVisible();
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('First step');
  const { clicks, dialogs } = await made();
  expect(dialogs).toBe(0);
  expect(clicks).toBeLessThanOrEqual(2);
  const address = page.url();

  // Leaving the page loses nothing: the backend holds the run.
  await page.goto('about:blank');
  await page.goto(address);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 120_000 });
  await expectNoViolations(page);

  await page.getByRole('link', { name: 'History' }).click();
  const runs = page.getByRole('table', { name: 'Runs' });
  await expect(runs.getByRole('row')).toHaveCount(2);
  await expect(runs).toContainText('Completed');
  await expectNoViolations(page);
});

test('a dataset without a trained token is refused by the backend, with its cause', async ({
  page,
  studio,
}) => {
  const data = studio.workspace.write(
    'questions.jsonl',
    conversation(['user', 'Where is the fox?']).repeat(3),
  );
  const recipe = studio.workspace.write(
    'blocked.luthier.yaml',
    `version: 1\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\n`,
  );
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(recipe);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByText(/Launch is blocked: 0 of 3 examples have trained tokens/)).toBeVisible();
  await expect(page.getByText('labels.none')).toBeVisible();
  await expectNoViolations(page);

  // The button is not what keeps the run from starting: the backend refuses.
  await page.getByRole('link', { name: /^Run ?, open/ }).click();
  await expect(page.getByText(/Cannot launch/)).toBeVisible();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText('preflight.blocked')).toBeVisible();
  await expect(page).not.toHaveURL(/#\/runs\//);
  await expectNoViolations(page);
});

test('a recipe with faults shows all of them', async ({ page, studio }) => {
  const recipe = studio.workspace.write(
    'bad.luthier.yaml',
    'version: 1\nmodel: {}\ndataset: {path: a}\ntraining: {epocs: 1}\n',
  );
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(recipe);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByText(/model\.path/).first()).toBeVisible();
  await expect(page.getByText(/training\.epocs/).first()).toBeVisible();
});

test('a run is stopped and kept by keyboard alone', async ({ page, studio }) => {
  const rows = conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(40);
  const data = studio.workspace.write('rows.jsonl', rows);
  const recipe = studio.workspace.write(
    'long.luthier.yaml',
    `version: 1\nname: long one\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}, validation: none}\ntraining: {epochs: 5000}\n`,
  );
  await page.goto(studio.url);
  await page.getByRole('textbox', { name: 'Recipe file' }).focus();
  await page.keyboard.type(recipe);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Ready: no check blocks the launch')).toBeVisible();
  await page.keyboard.press('Control+Enter');
  const start = page.getByRole('button', { name: 'Start training' });
  await expect(page.getByText(/Trains an adapter for/)).toBeVisible();
  await start.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/runs\//);
  const stop = page.getByRole('button', { name: /Stop and keep step/ });
  await expect(stop).toBeVisible();
  await stop.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Stopped').first()).toBeVisible();
  await expect(page.getByText(/adapter\.gguf/).first()).toBeVisible();
});

test('a page without the session sees the sign-in page only', async ({ page, studio, browser }) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  const stranger = await (await browser.newContext()).newPage();
  const second = await stranger.goto(studio.url);
  expect(second?.status()).toBeGreaterThanOrEqual(400);
  const api = await stranger.request.post(new URL('/api/runs.list', studio.url).href, { data: {} });
  expect(api.status()).toBe(401);
  await stranger.context().close();
});
