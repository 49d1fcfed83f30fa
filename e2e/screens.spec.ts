import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { outOfReach } from './keyboard-reach.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { expect, test } from './studio.ts';

/** As the palette and as the page call it. */
const SCREENS = [
  ['Live', 'Live'],
  ['History', 'Runs'],
  ['Chat', 'Chat'],
  ['Disk', 'Disk'],
  ['Settings', 'Settings'],
  ['New run', 'Which model do you want to tune?'],
] as const;
const STEPS = ['data', 'template', 'masking', 'collator', 'training', 'preflight', 'run'] as const;

// 1440 × 900 at 200 % is a window of half the size.
for (const [zoom, viewport] of [
  ['100 %', { width: 1440, height: 900 }],
  ['200 %', { width: 720, height: 450 }],
] as const) {
  test(`every screen is reached by palette, whole and without a violation in both themes, at ${zoom}`, async ({
    page,
    studio,
  }) => {
    await page.setViewportSize(viewport);
    await page.goto(studio.url);
    await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
    for (const [command, title] of SCREENS) {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(`Go to ${command}`);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
      await expectWhole(page);
      await expectNoViolations(page);
    }
  });
}

test('what only a mouse could use is found', async ({ page, studio }) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  await page.locator('main').evaluate(main => {
    main.insertAdjacentHTML(
      'beforeend',
      '<p id="hand">x</p><i id="role" role="button">x</i><button id="skipped" tabindex="-1">x</button>' +
        '<ul role="listbox" tabindex="0"><li role="option">x</li></ul><label><input type="checkbox" />x</label>',
    );
    main.querySelector('#hand').style.cursor = 'pointer';
  });
  const found = (await page.locator('body').evaluate(outOfReach)).map(tag => /id="(\w+)"/.exec(tag)?.[1]);
  expect(found).toEqual(['hand', 'role', 'skipped']);
});

test('every step of the wizard fits a window at 200 % and has no violation there', async ({
  page,
  studio,
}) => {
  const data = studio.workspace.write(
    'rows.jsonl',
    `${JSON.stringify({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Yes?' },
      ],
    })}\n`.repeat(8),
  );
  const recipe = studio.workspace.write(
    'zoomed.luthier.yaml',
    `version: 1\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}}\n`,
  );
  await page.setViewportSize({ width: 720, height: 450 });
  await page.goto(studio.url);
  const root = page.url().replace(/#.*/, '');
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(recipe);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByRole('heading', { name: 'Preflight', level: 1 })).toBeVisible();
  for (const step of STEPS) {
    await page.goto(`${root}#/new/${step}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectWhole(page);
    await expectNoViolations(page);
  }
});

test('the shortcuts of a page are listed, and those of another page with it', async ({ page, studio }) => {
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  await page.keyboard.press('Control+/');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list.getByText('Save recipe', { exact: true })).toBeVisible();
  await expect(list.getByText('Control Shift S')).toBeAttached();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(list.getByText('Go to Settings')).toBeVisible();
  await expect(list.getByText('Save recipe', { exact: true })).toHaveCount(0);
});

test('the pages of runs fit a window at 200 % and have no violation there', async ({ page, studio }) => {
  const row = conversation(['user', 'Which wood is the top of a lute?'], ['assistant', 'Spruce.']);
  const recipe = {
    version: 1,
    name: 'zoomed',
    model: { path: demoModel },
    dataset: { path: studio.workspace.write('rows.jsonl', row.repeat(8)), validation: 'none' },
    training: { maxSteps: 3, warmupSteps: 0, batchSize: 1, gradientAccumulationSteps: 1 },
  };
  await page.setViewportSize({ width: 720, height: 450 });
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  const root = page.url().replace(/#.*/, '');
  const call = async (procedure: string, data: object) => {
    const headers = { origin: new URL(root).origin };
    const answer = await page.request.post(new URL(`/api/${procedure}`, root).href, { data, headers });
    return ((await answer.json()) as { value: { id: string } }).value;
  };
  const { id } = await call('runs.start', { kind: 'draft', recipe });
  await page.goto(`${root}#/runs/${id}`);
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
  const again = await call('runs.again', { id, accepted: { changes: false, extension: false } });
  await page.goto(`${root}#/runs/${again.id}`);
  await expect(page.getByRole('region', { name: 'Byte for byte the same adapter' })).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole('region', { name: 'Export', exact: true })).toBeAttached();
  await expectWhole(page);
  await expectNoViolations(page);
  for (const [address, title] of [
    [`worst/${id}`, /^Worst rows of/],
    [`compare/${id},${again.id}`, 'Compare 2 runs'],
  ] as const) {
    await page.goto(`${root}#/${address}`);
    await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
    await expectWhole(page);
    await expectNoViolations(page);
  }
});

/** One main landmark, one title, the navigation; and nothing wider than the window. */
async function expectWhole(page: Page): Promise<void> {
  await expect(page.getByRole('main')).toHaveCount(1);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const tooWide = await page
    .locator('html, main, .page')
    .evaluateAll(elements =>
      elements
        .filter(element => element.scrollWidth > element.clientWidth)
        .map(element => `${element.tagName} ${element.scrollWidth}`),
    );
  expect(tooWide).toEqual([]);
}
