import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expectNoViolations } from './axe.ts';
import { expect, test } from './studio.ts';

test('the disk is cleaned up after a preview, and what went to the trash comes back', async ({
  page,
  studio,
}) => {
  const { home } = studio.workspace;
  const long = new Date('2026-01-01T00:00:00Z');
  const prepared = `${'b'.repeat(64)}.luthdata`;
  for (const [id, bytes] of [
    [`cache/prepared/${prepared}`, 3 << 20],
    ['dropped/rows.jsonl', 1 << 20],
  ] as const) {
    mkdirSync(dirname(join(home, id)), { recursive: true });
    writeFileSync(join(home, id), Buffer.alloc(bytes));
    utimesSync(join(home, id), long, long);
  }
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('disk');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Disk', level: 1 })).toBeVisible();
  await expect(page.getByText('1 item will be removed for good, which frees 3.0 MiB.')).toBeVisible();
  await expectNoViolations(page);

  await expect(page.getByRole('heading', { name: 'Models on this machine' })).toBeVisible();

  // What is in use or holds the runs cannot be chosen.
  const table = page.getByRole('table', { name: 'Everything in the data folder' });
  const history = table.getByRole('row').filter({ hasText: 'It holds all runs.' }).first();
  await expect(history.getByRole('checkbox')).toHaveCount(0);
  await table.getByRole('checkbox', { name: 'Dropped files: rows.jsonl' }).check();
  await expect(page.getByText(/1 item with 1.0 MiB will move to the trash/)).toBeVisible();
  await page.getByRole('button', { name: 'Clean up', exact: true }).click();
  await expect(page.getByText('3.0 MiB freed, 1 item moved to the trash').first()).toBeVisible();
  await expect(table.getByText('bbbbbbbbbbbb')).toHaveCount(0);
  await expectNoViolations(page);

  await page.getByRole('button', { name: 'Restore from the trash' }).click();
  await expect(table.getByRole('checkbox', { name: 'Dropped files: rows.jsonl' })).toBeVisible();

  await page.getByLabel('Limit for prepared datasets, GiB').fill('none');
  await page.getByRole('button', { name: 'Set the limit' }).click();
  await expect(page.getByText('Type a number above 0')).toBeVisible();
  await page.getByLabel('Limit for prepared datasets, GiB').fill('1.5');
  await page.getByRole('button', { name: 'Set the limit' }).click();
  await page.reload();
  await expect(page.getByLabel('Limit for prepared datasets, GiB')).toHaveValue('1.5');
});
