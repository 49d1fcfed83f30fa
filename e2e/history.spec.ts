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

test('three runs are compared by curve, setting and outcome', async ({ page, studio, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  addPastRuns(studio.workspace.home, 12);
  await page.getByRole('link', { name: 'History' }).click();
  await page.reload();
  await page.getByRole('checkbox', { name: 'Choose sweep 11' }).check();
  await page.getByRole('checkbox', { name: 'Choose sweep 9' }).click({ modifiers: ['Shift'] });
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Compare 3 runs' }).click();
  await expect(page.getByRole('heading', { name: 'Compare 3 runs', level: 1 })).toBeVisible();
  const table = page.getByRole('table', { name: 'Compare' });
  await expect(table.getByRole('row', { name: /^adapter\.rank/ })).toHaveText('adapter.rank32168');
  await expect(table.getByRole('row', { name: /^adapter\.alpha/ })).toHaveCount(0);
  // The last run of the sweep has the lowest loss: 1 + 1/12 before its noise, an evaluation adds 1/12.
  await expect(table.getByRole('row', { name: /^Best evaluation loss/ })).toContainText('1.167 best');
  await expect(table.getByText('best', { exact: false }).filter({ hasText: /best$/ })).toHaveCount(2);
  await expect(page.getByText('In wood 9.')).toBeVisible();
  await expectNoViolations(page);

  await page.getByLabel('Show all settings').check();
  await expect(table.getByRole('row', { name: /^adapter\.alpha/ })).toHaveCount(1);
  await page.getByRole('button', { name: 'Training loss' }).click();
  await page.getByRole('button', { name: 'Tokens', exact: true }).click();
  await page.getByLabel('Relative to').selectOption('sweep 9');
  await expect(
    page.getByRole('img', { name: /^Training loss of sweep 11, sweep 10, sweep 9/ }),
  ).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Copy as CSV' }).click();
  await expect(page.getByText('Copied.').first()).toBeVisible();
  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(copied).toMatch(/^Setting,sweep 11,sweep 10,sweep 9\n/);
  expect(copied).toContain('Best evaluation loss,1.167,1.250,1.333\n');
  // The window grants no clipboard to pages; a selection is copied there.
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); null");
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect
    .poll(() => page.evaluate<string>('navigator.clipboard.readText()'))
    .toContain('| Best evaluation loss | 1.167 | 1.250 | 1.333 |\n');

  // The address is enough to come back, and one that leads nowhere says so.
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Compare 3 runs', level: 1 })).toBeVisible();
  await page.goto(`${page.url().replace(/#.*/, '')}#/compare/past-00001,nowhere`);
  await expect(page.getByText('Nothing to compare')).toBeVisible();
  await expect(page.getByText('run.notFound')).toBeVisible();
  await expectNoViolations(page);
});
