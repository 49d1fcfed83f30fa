import { expectNoViolations } from './axe.ts';
import { expect, openDemoRun, test } from './studio.ts';

test('the worst rows of the demo, by keyboard: measured, kept, and each token with its loss', async ({
  page,
  studio,
}) => {
  await openDemoRun(page, studio);
  const open = page.getByRole('link', { name: 'Find the worst rows' });
  await open.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Worst rows of/, level: 1 })).toBeVisible();
  await expect(page.getByText('Nothing measured yet')).toBeVisible();
  await expectNoViolations(page);

  const measure = page.getByRole('button', { name: 'Measure the loss of each row' });
  await measure.focus();
  await page.keyboard.press('Enter');
  const rows = page.getByRole('list', { name: 'Worst rows' }).getByRole('button');
  await expect(rows.first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('img', { name: /^Rows by their loss/ })).toBeVisible();
  const losses = await rows.locator('.num').allTextContents();
  expect(losses.map(Number)).toEqual(losses.map(Number).toSorted((a, b) => b - a));

  // Another row opens with its worst token in view, and the number beside it.
  const second = rows.nth(1);
  await second.focus();
  await page.keyboard.press('Enter');
  await expect(second).toHaveAttribute('aria-pressed', 'true');
  const name = (await second.locator('b').first().textContent()) ?? '';
  const worstToken = (await second.textContent())?.match(/Highest: “?.*?”? ([\d.e-]+)/)?.[1] ?? '';
  await expect(page.getByRole('listbox', { name: `Tokens of ${name.toLowerCase()}` })).toBeVisible();
  await expect(page.locator('.tok-loss').first()).toBeVisible();
  await expect(page.locator('.token-details')).toContainText(`Loss${worstToken} expected at`);
  await expect(page.getByText('Loss of the row')).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'Loss' })).toBeVisible();
  await expectNoViolations(page);

  // Kept with the run: shown without being measured again.
  await page.reload();
  await expect(rows.first()).toBeVisible();
  expect(await rows.locator('.num').allTextContents()).toEqual(losses);

  // The same in a window at 200 %.
  await page.setViewportSize({ width: 720, height: 450 });
  await expect(page.locator('.tok-loss').first()).toBeAttached();
  await expectNoViolations(page);
  const isTooWide = await page.locator('main').evaluate(main => main.scrollWidth > main.clientWidth);
  expect(isTooWide).toBe(false);

  await page.getByRole('link', { name: 'To the run' }).click();
  await page.getByText('Completed').first().waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Find the worst rows');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Worst rows of/, level: 1 })).toBeVisible();
});

test('what cannot be measured says why', async ({ page, studio }) => {
  await page.goto(studio.url);
  const root = page.url().replace(/#.*/, '');
  await page.goto(`${root}#/worst/nothing`);
  await expect(page.getByText('run.notFound')).toBeVisible();
  await expectNoViolations(page);
});
