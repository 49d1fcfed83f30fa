import { expectNoViolations } from './axe.ts';
import { expect, test } from './studio.ts';

test('a run is looked at with a logarithm, clipped, by time, zoomed, and as a table', async ({
  page,
  studio,
}) => {
  const faults: string[] = [];
  page.on('pageerror', fault => faults.push(fault.message));
  await page.goto(studio.url);
  await page.getByRole('button', { name: 'Run the demo' }).click();
  await expect(page.getByRole('img', { name: /^Loss: first/ })).toBeVisible();
  await expect(page.locator('.uplot canvas')).toHaveCount(5);

  const clip = page.getByRole('button', { name: 'Clip outliers' });
  await clip.click();
  await expect(clip).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await page.getByRole('button', { name: 'Time', exact: true }).click();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeVisible();
  await page.locator('.loss-plot .u-over').hover();
  await expect(page.locator('.reading')).toContainText(/step \d+/);
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await expect(page.getByRole('table', { name: 'Steps' }).getByRole('row').nth(1)).toBeVisible();
  expect(faults).toEqual([]);
});
