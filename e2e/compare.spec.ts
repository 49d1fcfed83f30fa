/** Runs side by side beyond the table: a sweep by one setting, their data, and the picture to keep. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { addPastRuns } from './past-runs.ts';
import { expect, type Studio, test } from './studio.ts';

test('compare three: a sweep, the data that differs, and the curves as SVG and PNG', async ({
  page,
  studio,
}) => {
  await openComparison(page, studio, ['past-00011', 'past-00010', 'past-00009', 'past-00008']);
  const table = page.getByRole('table', { name: 'Compare' });
  // Of 64 examples, as many are left out as the rest of its number by three.
  await expect(table.getByRole('row', { name: /^Examples used/ })).toHaveText('Examples used62636462');
  await expect(table.getByRole('row', { name: /^Tokens with a label/ })).toHaveText(
    'Tokens with a label1,2001,2001,2001,200',
  );

  // What the runs answered stands side by side, below one prompt.
  const answers = page.getByRole('region', { name: 'Where is the fox?' }).getByRole('listitem');
  await expect(answers).toHaveText(
    [11, 10, 9, 8].map(i => new RegExp(`^sweep ${i}, step 12\\s*In wood ${i}\\.$`)),
  );
  const boxes = await Promise.all((await answers.all()).map(answer => answer.boundingBox()));
  expect(new Set(boxes.map(box => box?.y)).size).toBe(1);
  expect(new Set(boxes.map(box => box?.x)).size).toBe(4);

  await page.getByLabel('Group by').selectOption('adapter.rank');
  const sweep = page.getByRole('table', { name: 'Sweep of adapter.rank' });
  await expect(sweep.getByRole('row').nth(1)).toContainText('sweep 9');
  await expect(sweep.getByRole('rowheader')).toHaveText(['8', '16', '32']);
  // Runs 11 and 8 have rank 32: 1 + 1/12 + 1/12, and 1 + 4/12 + 1/12.
  await expect(sweep.getByRole('row').nth(3)).toContainText('1.167 lowest, 1.292 mean best');
  await expect(page.locator('.compare-legend li')).toHaveText([
    'sweep 9 (8)',
    'sweep 10 (16)',
    'sweep 11 (32)',
    'sweep 8 (32)',
  ]);
  await expectNoViolations(page);

  await page.getByRole('button', { name: 'Training loss' }).click();
  await page.getByLabel('Relative to').selectOption('sweep 9');
  const svg = await saved(page, 'Save as SVG');
  expect(svg.name).toBe('comparison.svg');
  const text = svg.bytes.toString('utf8');
  expect(text).toContain('<title>Training loss, relative to sweep 9</title>');
  expect(text).toContain('sweep 11 (32), last training loss 1.083');
  expect(text.match(/<polyline/g)?.length).toBeGreaterThanOrEqual(8);
  expect(text).not.toMatch(/oklch|var\(|NaN/);
  // It is drawn as it says, in a page of its own.
  const own = await page.context().newPage();
  await own.setContent(text);
  await expect(own.locator('svg')).toHaveAttribute('viewBox', /^0 0 1000 \d+$/);
  await own.close();

  const png = await saved(page, 'Save as PNG');
  expect(png.bytes.toString('latin1', 1, 4)).toBe('PNG');
  expect(png.bytes.readUInt32BE(16)).toBe(2000);
  await expectNoViolations(page);
});

test('a comparison fits a window at 200 %', async ({ page, studio }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await openComparison(page, studio, ['past-00011', 'past-00010', 'past-00009']);
  await page.getByLabel('Group by').selectOption('adapter.rank');
  await expect(page.getByRole('table', { name: 'Sweep of adapter.rank' })).toBeVisible();
  await expectNoViolations(page);
  expect(await page.locator('main').evaluate(main => main.scrollWidth > main.clientWidth)).toBe(false);
});

async function openComparison(page: Page, { url, workspace }: Studio, ids: readonly string[]): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  addPastRuns(workspace.home, 12);
  await page.goto(`${page.url().replace(/#.*/, '')}#/compare/${ids.join(',')}`);
  await expect(page.getByRole('heading', { name: `Compare ${ids.length} runs`, level: 1 })).toBeVisible();
}

async function saved(page: Page, button: string) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}
