import { expectNoViolations } from './axe.ts';
import { addPastRuns } from './past-runs.ts';
import { expect, test } from './studio.ts';

test('a run is found among ten thousand', async ({ page, studio }) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  addPastRuns(studio.workspace.home, 10_000);
  await page.getByRole('link', { name: 'History' }).click();
  await page.reload();
  await expect(page.getByText('10,000 runs')).toBeVisible();
  const runs = page.getByRole('table', { name: 'Runs' });
  await expect(runs.getByRole('row').nth(1)).toContainText('sweep 9999');
  await expectNoViolations(page);
  // Only the rows in the window exist, and the last one can be scrolled to.
  expect(await runs.getByRole('row').count()).toBeLessThan(100);
  await page.locator('.virtual').evaluate(element => element.scrollTo(0, element.scrollHeight));
  await expect(runs.getByRole('row').last()).toContainText('sweep 0');

  const search = page.getByRole('searchbox', { name: 'Search runs' });
  await page.keyboard.press('Control+f');
  await expect(search).toBeFocused();
  await search.fill('gemma 4711');
  await expect(page.getByText('1 of 10,000 runs')).toBeVisible();
  await expect(runs.getByRole('row')).toHaveCount(2);
  await expect(runs.getByRole('link')).toHaveText('sweep 4711');

  await search.fill('');
  await page.getByRole('combobox', { name: 'Status' }).selectOption('Failed');
  await expect(page.getByText('1,000 of 10,000 runs')).toBeVisible();
  await page.getByRole('button', { name: 'First → last loss' }).click();
  await expect(page.getByRole('columnheader', { name: 'First → last loss' })).toHaveAttribute(
    'aria-sort',
    'ascending',
  );
  await expect(runs.getByRole('row').nth(1)).toContainText('sweep 9990');

  await search.fill('no such run');
  await expect(page.getByText('No run is like that')).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Show all runs' }).click();
  await expect(page.getByText('10,000 runs', { exact: true })).toBeVisible();
  await runs.getByRole('link').first().click();
  await expect(page).toHaveURL(/#\/runs\/past-/);
});
