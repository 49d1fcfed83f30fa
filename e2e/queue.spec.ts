import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { demoModel } from './luthier-process.ts';
import { expect, test } from './studio.ts';

const row = JSON.stringify({
  messages: [
    { role: 'user', content: 'Which wood is the top of a lute?' },
    { role: 'assistant', content: 'Spruce, split and dried for years.' },
  ],
});

test('runs that find the device in use wait in the queue and start one after another', async ({
  page,
  studio,
}) => {
  test.setTimeout(240_000);
  const { workspace } = studio;
  const data = workspace.write('rows.jsonl', `${row}\n`.repeat(8));
  const recipe = (name: string, steps: number, from = data) =>
    workspace.write(
      `${name}.luthier.yaml`,
      JSON.stringify({
        version: 1,
        name,
        model: { path: demoModel },
        dataset: { path: from },
        training: { maxSteps: steps, batchSize: 1, gradientAccumulationSteps: 1 },
      }),
    );
  await page.goto(studio.url);
  await expect(page.getByRole('button', { name: 'Run the demo' })).toBeVisible();
  const root = page.url().replace(/#.*/, '');

  // A run that lasts until it is stopped, then one that starts from a file which is gone by then.
  await launch(page, root, recipe('endless', 1_000_000));
  await expect(page.getByRole('heading', { name: 'endless', level: 1 })).toBeVisible();
  const doomedData = workspace.write('doomed.jsonl', `${row}\n`.repeat(8));
  await launch(page, root, recipe('doomed', 2, doomedData));
  await expect(
    page.getByText('The device is in use, so the run was added to the queue.').first(),
  ).toBeVisible();
  await expectNoViolations(page);
  for (const name of ['second', 'third']) {
    await open(page, root, recipe(name, 2));
    await page.getByRole('button', { name: 'Add to the queue' }).click();
    await expect(page.getByText('The run was added to the queue.').first()).toBeVisible();
  }
  await page.getByRole('link', { name: 'Show the queue' }).click();
  const queue = page.getByRole('list', { name: 'Queue' });
  const names = queue.locator('.queue-name');
  await expect(names).toHaveText(['doomed', 'second', 'third']);
  await expect(page.getByRole('link', { name: /Live.*3 runs in the queue/ })).toBeVisible();
  await expectNoViolations(page);

  // Order, removal and the way back; all of it is on the disk.
  await page.getByRole('button', { name: 'Move third up' }).click();
  await expect(names).toHaveText(['doomed', 'third', 'second']);
  await page.getByRole('button', { name: 'Remove second from the queue' }).click();
  await expect(names).toHaveText(['doomed', 'third']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(names).toHaveText(['doomed', 'third', 'second']);
  await page.reload();
  await expect(names).toHaveText(['doomed', 'third', 'second']);

  // The first is refused at its turn and stays with the reason; the others run, each in its turn.
  workspace.write('doomed.jsonl', '');
  await page.getByRole('button', { name: /^Stop/ }).click({ timeout: 10_000 });
  await expect
    .poll(() => statusOf(page, root), { timeout: 120_000 })
    .toEqual({ endless: 'stopped', third: 'completed', second: 'completed' });
  await expect(page.getByRole('link', { name: /^Live\s*, 1 run in the queue/ })).toBeVisible();
  await page.goto(`${root}#/live`);
  await expect(names).toHaveText(['doomed']);
  await expect(queue.getByText('Blocked')).toBeVisible();
  await expectNoViolations(page);
  const [second, third] = await finishedOrder(page, root);
  expect([second, third]).toEqual(['second', 'third']);

  // Mended, it is tried again.
  workspace.write('doomed.jsonl', `${row}\n`.repeat(8));
  await page.getByRole('button', { name: 'Start doomed now' }).click({ timeout: 10_000 });
  await expect
    .poll(async () => (await statusOf(page, root))['doomed'], { timeout: 60_000 })
    .toBe('completed');
});

async function open(page: Page, root: string, path: string): Promise<void> {
  await page.goto(`${root}#/`);
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(path);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByRole('heading', { name: 'Preflight', level: 1 })).toBeVisible();
  await page.getByRole('list', { name: 'Checks' }).waitFor();
  await page.goto(`${root}#/new/run`);
  await expect(page.getByText(/Trains an adapter for/)).toBeVisible();
}

async function launch(page: Page, root: string, path: string): Promise<void> {
  await open(page, root, path);
  await page.getByRole('button', { name: 'Start training' }).click();
}

interface Listed {
  readonly name: string;
  readonly status: string;
}

async function runsOf(page: Page, root: string): Promise<Listed[]> {
  const answer = await page.request.post(new URL('/api/runs.list', root).href, {
    data: {},
    headers: { origin: new URL(root).origin },
  });
  const body = (await answer.json()) as { value: { runs: Listed[] } };
  return body.value.runs;
}

async function statusOf(page: Page, root: string): Promise<Record<string, string>> {
  return Object.fromEntries((await runsOf(page, root)).map(({ name, status }) => [name, status]));
}

/** The newest first. */
async function finishedOrder(page: Page, root: string): Promise<string[]> {
  return (await runsOf(page, root)).map(({ name }) => name).slice(0, 2);
}
