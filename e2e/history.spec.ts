import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
  await page.getByRole('button', { name: 'Status any' }).click();
  await expectNoViolations(page);
  await page
    .getByRole('region', { name: 'Status: which ones' })
    .getByLabel(/^Failed/)
    .check();
  await expect(page.getByText('1,000 of 10,000 runs')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Status Failed' })).toBeFocused();
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
  expect(copied).toContain('Best evaluation loss,1.16667,1.25,1.33333\n');
  expect(copied).toContain('Tokens with a label,1200,1200,1200\n');
  expect(copied).toContain('Duration (ms),24000,24000,24000\n');
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

test('several runs are deleted and come back, and their files go only when that is asked', async ({
  page,
  studio,
}) => {
  const { home } = studio.workspace;
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  addPastRuns(home, 30);
  const adapter = join(home, 'runs', 'past-00029', 'adapter.gguf');
  mkdirSync(dirname(adapter), { recursive: true });
  writeFileSync(adapter, Buffer.alloc(2 << 20));
  await page.getByRole('link', { name: 'History' }).click();
  await page.reload();
  const runs = page.getByRole('table', { name: 'Runs' });
  const panel = page.getByRole('complementary', { name: 'Chosen runs' });
  const removeThree = async () => {
    await page.getByRole('checkbox', { name: 'Choose sweep 29' }).check();
    await page.getByRole('checkbox', { name: 'Choose sweep 27' }).click({ modifiers: ['Shift'] });
    await expect(panel.getByRole('heading', { name: '3 runs chosen' })).toBeVisible();
    await panel.getByRole('button', { name: 'Delete 3 runs' }).click();
    await expect(page.getByText('27 runs', { exact: true })).toBeVisible();
  };
  await removeThree();
  await expect(panel).toBeHidden();
  await expect(page.getByRole('region', { name: '3 runs deleted.' })).toContainText('Their files stay');
  await expect(runs.getByRole('row').nth(1)).toContainText('sweep 26');
  await expectNoViolations(page);
  await page.keyboard.press('Control+z');
  await expect(page.getByText('30 runs', { exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: '3 runs deleted.' })).toBeHidden();

  // Those that are deleted are a list of their own, with what they take.
  await removeThree();
  await page.getByRole('button', { name: 'Close the message' }).click();
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Deleted runs (3)' }).click();
  await expect(page.getByText('3 deleted runs')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Choose all that are found' }).check();
  await expect(panel.getByText('2.0 MiB in 1 folder')).toBeVisible();
  await expectNoViolations(page);
  await panel.getByRole('button', { name: 'Remove their files' }).click();
  const question = page.getByRole('dialog', { name: 'Remove 2.0 MiB of files?' });
  await expect(question).toContainText('sweep 29');
  await expectNoViolations(page);
  await question.getByRole('button', { name: 'Keep them' }).click();
  expect(existsSync(adapter)).toBe(true);
  await panel.getByRole('button', { name: 'Remove their files' }).click();
  await question.getByRole('button', { name: 'Move to the trash' }).click();
  await expect(panel.getByRole('heading', { name: '2.0 MiB moved to the trash.' })).toBeVisible();
  expect(existsSync(adapter)).toBe(false);
  await panel.getByRole('button', { name: 'Restore from the trash' }).click();
  await expect(panel.getByText('2.0 MiB in 1 folder')).toBeVisible();
  expect(existsSync(adapter)).toBe(true);
  await panel.getByRole('button', { name: 'Restore 3 runs' }).click();
  await expect(page.getByText('No deleted runs')).toBeVisible();
  await page.getByRole('button', { name: 'Show all runs' }).click();
  await expect(page.getByText('30 runs', { exact: true })).toBeVisible();

  // Gone for good: only from there, after a question with sizes that needs a word of its own.
  await removeThree();
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Deleted runs (3)' }).click();
  await page.getByRole('checkbox', { name: 'Choose all that are found' }).check();
  await panel.getByRole('button', { name: 'Erase 3 runs' }).click();
  const last = page.getByRole('dialog', { name: 'Erase 3 runs for good?' });
  await expect(last).toContainText('2.0 MiB of files');
  await expect(last.getByRole('button', { name: 'Erase for good' })).toBeDisabled();
  await expectNoViolations(page);
  await last.getByLabel('I want them gone for good.').check();
  await last.getByRole('button', { name: 'Erase for good' }).click();
  await expect(page.getByText('No deleted runs')).toBeVisible();
  expect(existsSync(adapter)).toBe(false);
  await page.getByRole('button', { name: 'Show all runs' }).click();
  await expect(page.getByText('27 runs', { exact: true })).toBeVisible();

  // Another data folder has them still.
  const other = join(studio.workspace.directory, 'other');
  mkdirSync(other);
  addPastRuns(other, 30);
  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import runs' });
  await expect(dialog.getByRole('button', { name: 'Import' })).toBeInViewport({ ratio: 1 });
  await dialog.getByLabel('Data folder or run folder').fill(studio.workspace.directory);
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('import.nothingThere')).toBeVisible();
  await dialog.getByLabel('Data folder or run folder').fill(other);
  await expectNoViolations(page);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('heading', { name: '3 runs imported' })).toBeVisible();
  await expect(dialog.getByText('27 runs were in the history already.')).toBeVisible();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await expect(page.getByText('30 runs', { exact: true })).toBeVisible();

  // Those that are found, or the chosen ones, become tables, and nothing is replaced unasked.
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('gemma');
  await expect(page.getByText('10 of 30 runs')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Choose sweep 28' }).check();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const tables = page.getByRole('dialog', { name: 'Export runs as tables' });
  await expect(tables.getByRole('heading', { name: 'Export 1 run as tables' })).toBeVisible();
  await expect(tables.getByRole('button', { name: 'Export', exact: true })).toBeInViewport({ ratio: 1 });
  await tables.getByLabel('Folder', { exact: true }).fill(studio.workspace.directory);
  await tables.getByLabel('Format').selectOption('JSON');
  await expectNoViolations(page);
  await tables.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(tables.getByRole('heading', { name: '1 run exported' })).toBeVisible();
  const written = (name: string) =>
    JSON.parse(readFileSync(join(studio.workspace.directory, 'luthier-runs', `${name}.json`), 'utf8'));
  expect(written('runs')).toMatchObject([{ id: 'past-00028', name: 'sweep 28' }]);
  expect(written('steps')).toHaveLength(12);
  await tables.getByRole('button', { name: 'All 10 that are found' }).click();
  await tables.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(tables.getByText('export.exists')).toBeVisible();
  await expectNoViolations(page);
  await tables.getByRole('button', { name: 'Replace it' }).click();
  await expect(tables.getByRole('heading', { name: '10 runs exported' })).toBeVisible();
  expect(written('runs')).toHaveLength(10);
});

test('filters, groups, columns and pins survive a reload, and a view keeps them under a name', async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  addPastRuns(studio.workspace.home, 30);
  await page.getByRole('link', { name: 'History' }).click();
  await page.reload();
  const runs = page.getByRole('table', { name: 'Runs' });
  const firstRun = runs.getByRole('link').first();
  await page.getByRole('button', { name: 'Pin sweep 22', exact: true }).click();
  await expect(firstRun).toHaveText('sweep 22');
  await page.getByRole('button', { name: 'Model any' }).click();
  await page
    .getByRole('region', { name: 'Model: which ones' })
    .getByLabel(/^gemma-3-1b/)
    .check();
  await expect(page.getByText('10 of 30 runs')).toBeVisible();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByLabel('Memory', { exact: true }).check();
  await page.getByLabel('Masking', { exact: true }).uncheck();
  await expectNoViolations(page);
  await page.getByRole('combobox', { name: 'Group by' }).selectOption('By status');
  await expect(runs.getByRole('button', { name: 'Completed, 9 runs' })).toBeVisible();
  await expectNoViolations(page);

  const expectAll = async () => {
    await expect(page.getByText('10 of 30 runs')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Model gemma-3-1b' })).toBeVisible();
    await expect(firstRun).toHaveText('sweep 22');
    await expect(page.getByRole('button', { name: 'Pin sweep 22', exact: true })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await expect(runs.getByRole('columnheader', { name: 'Memory' })).toBeVisible();
    await expect(runs.getByRole('columnheader', { name: 'Masking' })).toHaveCount(0);
    await expect(runs.getByRole('button', { name: 'Failed, 1 run' })).toBeVisible();
  };
  await page.reload();
  await expectAll();
  await runs.getByRole('button', { name: 'Completed, 9 runs' }).click();
  await expect(runs.getByRole('link')).toHaveText(['sweep 10']);

  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Name of the view').fill('Gemmas');
  await page.getByRole('button', { name: 'Save this view' }).click();
  await expect(page.getByRole('region', { name: 'Views' })).toBeHidden();
  await page.getByRole('button', { name: 'Views' }).click();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'All runs' }).click();
  await expect(page.getByText('30 runs', { exact: true })).toBeVisible();
  await expect(runs.getByRole('columnheader', { name: 'Masking' })).toBeVisible();
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Gemmas', exact: true }).click();
  await expectAll();
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Remove the view Gemmas' }).click();
  await expect(page.getByRole('button', { name: 'Gemmas', exact: true })).toHaveCount(0);
});

test('a run is renamed, noted and tagged from the list, and tags are given to many at once', async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  addPastRuns(studio.workspace.home, 12);
  await page.getByRole('link', { name: 'History' }).click();
  await page.reload();
  const runs = page.getByRole('table', { name: 'Runs' });
  const panel = page.getByRole('complementary', { name: 'Chosen runs' });
  await page.getByRole('checkbox', { name: 'Choose sweep 11' }).check();
  await expect(panel.getByRole('button', { name: 'Add a note' })).toBeVisible();
  await expectNoViolations(page);
  await panel.getByLabel('Name', { exact: true }).fill('the keeper');
  await page.keyboard.press('Enter');
  await expect(runs.getByRole('link').first()).toHaveText('the keeper');
  await panel.getByRole('button', { name: 'Add a note' }).click();
  await panel.getByRole('textbox', { name: 'Note' }).fill('Lowest loss of *all*.\n\n<b>plain</b>');
  await panel.getByRole('button', { name: 'Preview' }).click();
  await expect(panel.getByRole('emphasis')).toHaveText('all');
  await expectNoViolations(page);
  await panel.getByLabel('Add a tag').fill('best');
  await page.keyboard.press('Enter');
  await expect(runs.getByRole('row').nth(1)).toContainText('best');

  // A second run: what only one of them has is said, and taken from both.
  await page.getByRole('checkbox', { name: 'Choose sweep 10' }).check();
  await expect(panel.getByText('1 of 2')).toBeVisible();
  await panel.getByLabel('Add a tag').fill('pair');
  await page.keyboard.press('Enter');
  await expect(runs.getByRole('row').nth(2)).toContainText('pair');
  await expectNoViolations(page);
  await panel.getByRole('button', { name: 'Remove the tag best' }).click();
  await expect(runs.getByRole('row').nth(1)).not.toContainText('best');

  await page.reload();
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('lowest keeper');
  await expect(runs.getByRole('link')).toHaveText(['the keeper']);

  // Its page has all of it too, and what it was made with.
  await runs.getByRole('link').click();
  const note = page.getByRole('region', { name: 'Note', exact: true });
  await expect(note.getByRole('emphasis')).toHaveText('all');
  await expect(note).toContainText('<b>plain</b>');
  const words = page.getByRole('region', { name: 'Name, tags and note' });
  await words.getByLabel('Name', { exact: true }).fill('the best');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'the best', level: 1 })).toBeVisible();
  const made = page.getByRole('region', { name: 'What it was made with' });
  await expect(made.getByText('learningRate:')).toBeVisible();
  await made.getByRole('button', { name: 'Preflight' }).click();
  await expect(made.getByText(/of 64 examples/)).toBeVisible();
  await made.getByRole('button', { name: 'Files and versions' }).click();
  await expect(made.getByText('SHA-256 of the model')).toBeVisible();
  await expectNoViolations(page);
  await page.goBack();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('button', { name: 'Tag any' }).click();
  await page.getByRole('region', { name: 'Tag: which ones' }).getByLabel(/^pair/).check();
  await expect(runs.getByRole('link')).toHaveText(['the best', 'sweep 10']);
});
