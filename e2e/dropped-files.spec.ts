/** Files dropped into the studio in a browser, which keeps to itself where they lie: they are copied to the data folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { expect, type Studio, test } from './studio.ts';

interface DroppedFile {
  readonly name: string;
  readonly text: string;
  /** How often the text stands in it. */
  readonly times?: number;
}

/** Drops files of these parts; the page reads them as it would real ones. */
async function drop(page: Page, ...files: readonly DroppedFile[]): Promise<boolean> {
  return await page.evaluate(files => {
    const { DataTransfer, DragEvent, File, document } = globalThis as never as Record<string, never> & {
      DataTransfer: new () => { items: { add(file: unknown): void } };
      DragEvent: new (type: string, init: object) => { defaultPrevented: boolean };
      File: new (parts: string[], name: string) => object;
      document: { body: { dispatchEvent(event: unknown): void } };
    };
    const dataTransfer = new DataTransfer();
    for (const { name, text, times = 1 } of files) {
      dataTransfer.items.add(new File(Array(times).fill(text), name));
    }
    const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
    return event.defaultPrevented;
  }, files);
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
  expect(await drop(page, { name: 'train.jsonl', text: row, times })).toBe(true);
  const copy = join(droppedIn(studio), 'train.jsonl');
  await expect(page.getByRole('main').getByText(`The data is ${copy} now.`)).toBeVisible();
  await expect(page).toHaveURL(/#\/new\/data$/);
  expect(readFileSync(copy, 'utf8')).toBe(row.repeat(times));
  await expectNoViolations(page);

  // The same name again never takes the first one's place.
  await drop(page, { name: 'train.jsonl', text: row });
  await expect(page.getByRole('main').getByText(/train \(2\)\.jsonl now\./)).toBeVisible();
  expect(readdirSync(droppedIn(studio)).sort()).toEqual(['train (2).jsonl', 'train.jsonl']);
  await page.getByRole('button', { name: 'Close the message' }).click();
  await expect(page.getByRole('main').getByText(/train \(2\)\.jsonl now\./)).toBeHidden();
});

test('a recipe that is dropped fills every step, and what is nothing is said', async ({ page, studio }) => {
  await page.goto(studio.url);
  await drop(page, { name: 'notes.docx', text: 'x' });
  await expect(
    page.getByRole('main').getByText('notes.docx is no recipe (.yaml), no model (.gguf)'),
  ).toBeVisible();
  expect(existsSync(droppedIn(studio))).toBe(false);
  const data = studio.workspace.write('rows.jsonl', row.repeat(4));
  const recipe = { version: 1, name: 'dropped-in', model: { path: demoModel }, dataset: { path: data } };
  await drop(page, { name: 'support.luthier.yaml', text: JSON.stringify(recipe) });
  await expect(page.getByRole('main').getByText(/Opened .*support\.luthier\.yaml\. Undo/)).toBeVisible();
  await expect(page).toHaveTitle(/dropped-in/);
  await drop(page, { name: 'broken.luthier.yaml', text: 'version: 1\nmodle: {}\n' });
  await expect(page.getByRole('main').getByText('Did you mean model?')).toBeVisible();
  await expectNoViolations(page);
});

test('a recipe, its data and what is left out come together, and a relative path asks for its folder', async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  const text = 'version: 1\nname: beside\nmodel: {path: base.gguf}\ndataset: {path: rows.jsonl}\n';
  await drop(
    page,
    { name: 'beside.luthier.yaml', text },
    { name: 'a.jsonl', text: row },
    { name: 'b.jsonl', text: row },
    { name: 'notes.docx', text: 'x' },
  );
  const question = page.getByRole('region', { name: 'beside.luthier.yaml names files beside itself' });
  // The data came along; only the model is still named from the folder of the recipe.
  await expect(question).toContainText('base.gguf: these paths begin in the folder of the recipe');
  await expectNoViolations(page);
  await question.getByRole('textbox', { name: 'Folder of the recipe' }).fill(dirname(demoModel));
  await question.getByRole('button', { name: 'Open the recipe' }).click();
  const [first, second] = ['a.jsonl', 'b.jsonl'].map(name => join(droppedIn(studio), name));
  const main = page.getByRole('main');
  await expect(main.getByText(`The data are ${first}, ${second} now. notes.docx is no recipe`)).toBeVisible();
  await expect(page).toHaveURL(/#\/new\/preflight$/);
  await page.getByRole('link', { name: /^Data ?,/ }).click();
  await expect(page.getByText('2 rows, 2 of them usable')).toBeVisible();
  // Rows are counted through both files, and the inspector says in which one it is.
  await page.getByRole('row', { name: /^1 / }).click();
  await page.getByRole('button', { name: 'Tokens of row 1' }).click();
  await expect(page.getByRole('complementary', { name: 'Row 1' })).toContainText('line 1 of b.jsonl');
  await page.getByRole('link', { name: /^Model ?,/ }).click();
  await expect(page.getByRole('textbox', { name: 'Model file' })).toHaveValue(demoModel);
  await expect(page.getByText('Can be trained here')).toBeVisible();
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
  await drop(page, { name: 'large.jsonl', text: row, times: Math.ceil((9 * 2 ** 20) / row.length) });
  const bar = page.getByRole('progressbar', { name: 'large.jsonl is copied into the data folder' });
  await expect(bar).toHaveAttribute('aria-valuetext', '4.0 MiB of 9.0 MiB');
  await expectNoViolations(page);
  expect(readdirSync(droppedIn(studio))).toHaveLength(1);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  release();
  await expect(bar).toHaveCount(0);
  await expect.poll(() => readdirSync(droppedIn(studio))).toEqual([]);
});
