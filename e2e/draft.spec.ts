/** The draft belongs to the data folder: every window has it, and so has a studio at another address. */
import { expectNoViolations } from './axe.ts';
import { startLuthier } from './luthier-process.ts';
import { expect, test } from './studio.ts';

test('a draft is the same in every window and at another address', async ({ page, studio, browser }) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  const training = `${page.url().replace(/#.*/, '')}#/new/training`;
  const second = await page.context().newPage();
  await second.goto(training);
  await page.goto(training);
  await page.getByLabel('Epochs').fill('7');
  await expect(second.getByLabel('Epochs')).toHaveValue('7');
  await second.getByLabel('Rank', { exact: true }).fill('4');
  await expect(page.getByLabel('Rank', { exact: true })).toHaveValue('4');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(second.getByLabel('Rank', { exact: true })).toHaveValue('16');

  const other = startLuthier(['serve', '--no-open', '--json', '--home', studio.workspace.home]);
  const { url } = await other.line(value => typeof value['url'] === 'string');
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(String(url));
  await expect(elsewhere.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  await elsewhere.goto(`${elsewhere.url().replace(/#.*/, '')}#/new/training`);
  await expect(elsewhere.getByLabel('Epochs')).toHaveValue('7');
  await elsewhere.context().close();
  other.child.kill('SIGTERM');
  await other.finished;
});

test('a draft that cannot be kept says so, and is there again', async ({ page, studio }) => {
  await page.route('**/api/draft.keep', route =>
    route.fulfill({
      json: {
        ok: false,
        error: {
          code: 'draft.notWritten',
          title: 'The draft cannot be kept.',
          cause: 'Full.',
          remedy: 'Free space.',
        },
      },
    }),
  );
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  await page.getByRole('link', { name: /^Training ?,/ }).click();
  await page.getByLabel('Epochs').fill('7');
  await expect(page.getByText('The draft cannot be kept.')).toBeVisible();
  await expectNoViolations(page);
  await page.unroute('**/api/draft.keep');
  await page.reload();
  await expect(page.getByLabel('Epochs')).toHaveValue('7');
  await expect(page.getByText('The draft cannot be kept.')).toHaveCount(0);
});
