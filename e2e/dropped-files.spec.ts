/** Files dropped into the studio in a browser, which keeps to itself where they lie: they are copied to the data folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { expect, type Studio, test } from './studio.ts';

/** Drops a file of these parts; the page reads them as it would a real one. */
async function drop(page: Page, name: string, text: string, times = 1): Promise<boolean> {
  return await page.evaluate(
    ([name, text, times]) => {
      const { DataTransfer, DragEvent, File, document } = globalThis as never as Record<string, never> & {
        DataTransfer: new () => { items: { add(file: unknown): void } };
        DragEvent: new (type: string, init: object) => { defaultPrevented: boolean };
        File: new (parts: string[], name: string) => object;
        document: { body: { dispatchEvent(event: unknown): void } };
      };
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(Array(times).fill(text), name));
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
      return event.defaultPrevented;
    },
    [name, text, times] as const,
  );
}

const droppedIn = (studio: Studio) => join(studio.workspace.home, 'dropped');
const row = conversation(['user', 'Which wood?'], ['assistant', 'Spruce, split and dried for years.']);

test('a data file that is dropped on any page is copied whole and becomes the draft’s', async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page).toHaveURL(/runs/);
  // Three parts and a rest.
  const times = Math.ceil((13 * 2 ** 20) / row.length);
  expect(await drop(page, 'train.jsonl', row, times)).toBe(true);
  const copy = join(droppedIn(studio), 'train.jsonl');
  await expect(page.getByRole('main').getByText(`The data is ${copy} now.`)).toBeVisible();
  await expect(page).toHaveURL(/#\/new\/data$/);
  expect(readFileSync(copy, 'utf8')).toBe(row.repeat(times));
  await expectNoViolations(page);

  // The same name again never takes the first one's place.
  await drop(page, 'train.jsonl', row);
  await expect(page.getByRole('main').getByText(/train \(2\)\.jsonl now\./)).toBeVisible();
  expect(readdirSync(droppedIn(studio)).sort()).toEqual(['train (2).jsonl', 'train.jsonl']);
  await page.getByRole('button', { name: 'Close the message' }).click();
  await expect(page.getByRole('main').getByText(/train \(2\)\.jsonl now\./)).toBeHidden();
});

test('a recipe that is dropped fills every step, and what is nothing is said', async ({ page, studio }) => {
  await page.goto(studio.url);
  await drop(page, 'notes.docx', 'x');
  await expect(
    page.getByRole('main').getByText('notes.docx is no recipe (.yaml), no model (.gguf)'),
  ).toBeVisible();
  expect(existsSync(droppedIn(studio))).toBe(false);
  const data = studio.workspace.write('rows.jsonl', row.repeat(4));
  const recipe = { version: 1, name: 'dropped-in', model: { path: demoModel }, dataset: { path: data } };
  await drop(page, 'support.luthier.yaml', JSON.stringify(recipe));
  await expect(page.getByRole('main').getByText(/Opened .*support\.luthier\.yaml\. Undo/)).toBeVisible();
  await expect(page).toHaveTitle(/dropped-in/);
  await drop(page, 'broken.luthier.yaml', 'version: 1\nmodle: {}\n');
  await expect(page.getByRole('main').getByText('Did you mean model?')).toBeVisible();
  await expectNoViolations(page);
});

test('a copy under way shows how far it is, and leaves nothing when it is cancelled', async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  let release = () => {};
  const held = new Promise<void>(resolve => {
    release = resolve;
  });
  await page.route('**/api/dropped.part*', async route => {
    if (!route.request().url().includes('at=0')) await held;
    await route.continue().catch(() => undefined);
  });
  await drop(page, 'large.jsonl', row, Math.ceil((9 * 2 ** 20) / row.length));
  const bar = page.getByRole('progressbar', { name: 'large.jsonl is copied into the data folder' });
  await expect(bar).toHaveAttribute('aria-valuetext', '4.0 MiB of 9.0 MiB');
  await expectNoViolations(page);
  expect(readdirSync(droppedIn(studio))).toHaveLength(1);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  release();
  await expect(bar).toHaveCount(0);
  await expect.poll(() => readdirSync(droppedIn(studio))).toEqual([]);
});
