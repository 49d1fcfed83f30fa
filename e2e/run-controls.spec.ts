/** A run is steered from its page: paused, resumed, taken up after its trainer was killed, discarded and brought back. */
import type { Page } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { askHistory, expect, type Studio, startRecipe, stepsInHistory, test } from './studio.ts';

const ENDLESS = 1_000_000;

test('a paused run, reopened in another page, is resumed and has each step once', async ({
  page,
  studio,
}) => {
  const planned = 400;
  const id = await startRun(page, studio, planned);
  const root = page.url().replace(/#.*/, '');
  await waitForStep(page, 3);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('Paused; Resume goes on from here');
  await expectNoViolations(page);
  const paused = await show(page, root, id);
  expect(paused).toMatchObject({ status: 'stopped', paused: true });
  expect(paused.steps.length).toBeGreaterThan(0);
  expect(paused.steps.length).toBeLessThan(planned);

  // The device is free: another run has it, and the page says why this one cannot go on.
  const context = page.context();
  await page.close();
  const reopened = await context.newPage();
  const other = await call<{ id: string }>(reopened, root, 'runs.start', {
    kind: 'draft',
    recipe: recipeOf(studio, 'other', ENDLESS),
  });
  await reopened.goto(`${root}#/runs/${id}`);
  const resume = reopened.getByRole('button', { name: 'Resume' });
  await expect(resume).toHaveAttribute('aria-disabled', 'true');
  await expect(reopened.getByText('The device is in use by other.').first()).toBeVisible();
  await call(reopened, root, 'runs.stop', other);
  await expect(resume).not.toHaveAttribute('aria-disabled', 'true');

  const second = await context.newPage();
  await second.goto(`${root}#/runs/${id}`);
  await expect(second.getByRole('button', { name: 'Resume' })).toBeVisible();
  await resume.press('Control+Enter');
  await expect(reopened.getByText('Completed', { exact: true })).toBeVisible({ timeout: 90_000 });
  await expect(second.getByText('Completed', { exact: true })).toBeVisible();
  await expect(second.getByRole('list', { name: 'Events' })).toContainText('Resumed today');
  const completed = await show(reopened, root, id);
  expect(completed.steps.map(({ step }) => step)).toEqual(Array.from({ length: planned }, (_, i) => i + 1));
  expect(completed.resumptions).toMatchObject([{ fromStep: paused.steps.length }]);
});

test('a paused run is resumed when its page is loaded anew, and has each step once', async ({
  page,
  studio,
}) => {
  const planned = 200;
  const id = await startRun(page, studio, planned);
  await waitForStep(page, 3);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  expect((await stepsInHistory(studio, id)).length).toBeLessThan(planned);
  await page.reload();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 90_000 });
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('Resumed today');
  expect(await stepsInHistory(studio, id)).toEqual(Array.from({ length: planned }, (_, i) => i + 1));
});

test('a killed trainer is told in plain words, and the run goes on to its end', async ({ page, studio }) => {
  const planned = 400;
  const id = await startRun(page, studio, planned, { checkpointEverySteps: 5 });
  await waitForStep(page, 12);
  process.kill(await studio.trainerPid(), 'SIGKILL');
  await expect(
    page.getByRole('heading', { name: 'The training process ended before the run was done.' }),
  ).toBeVisible();
  await expect(page.getByText(/Something outside ended it/)).toBeVisible();
  await expect(page.getByText(/^Resume the run: it goes on from its newest checkpoint/)).toBeVisible();
  await expect(page.getByText(/^Resume goes on from the checkpoint of step \d*[05]\.$/)).toBeVisible();
  const lastLines = page.getByRole('region', { name: 'Log of the trainer' }).locator('pre');
  await expect(lastLines).toContainText(/step \d+ of/);
  await expect
    .poll(() =>
      lastLines.evaluate(
        ({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - clientHeight - scrollTop,
      ),
    )
    .toBeLessThan(2);
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 90_000 });
  expect(await stepsInHistory(studio, id)).toEqual(Array.from({ length: planned }, (_, i) => i + 1));
});

test('a completed run is trained longer, after it has said what becomes of its learning rate', async ({
  page,
  studio,
}) => {
  const id = await startRun(page, studio, 30, { learningRate: 1e-3, scheduler: 'linear' });
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Train longer' }).click();
  const dialog = page.getByRole('dialog', { name: 'Train steered longer?' });
  await expect(dialog).toContainText(
    'It goes on behind step 30 and becomes a run of 45 steps, instead of 30.',
  );
  await expectNoViolations(page);
  const steps = dialog.getByLabel('Steps in all');
  await steps.fill('30');
  await expect(dialog).toContainText('It has 30 steps in all: ask for more.');
  await expect(dialog.getByRole('button', { name: 'Train on' })).toHaveAttribute('aria-disabled', 'true');
  await steps.fill('50');
  // A straight line from 1e-3 behind ten steps of warm-up: 20 of 40 steps are left, after 1 of 20.
  await expect(dialog).toContainText('the learning rate 5.00e-4');
  await expect(dialog).toContainText('the last one had 5.00e-5');
  await dialog.getByRole('button', { name: 'Train on' }).click();
  await expect(page.getByText('step 50 of 50', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Completed', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('from 30 to 50 steps in all');
  await expect(page.getByRole('table', { name: 'Measured and expected' })).toContainText(
    /Peak memory.* [MG]iB/,
  );
  const log = page.getByRole('region', { name: 'Log of the trainer' });
  await expect(log).toContainText('goes on behind step 30 of 50');
  expect(await stepsInHistory(studio, id)).toHaveLength(50);
});

test('a run is discarded after a question, and undo brings it back', async ({ page, studio }) => {
  const id = await startRun(page, studio, ENDLESS);
  await waitForStep(page, 3);
  const discard = page.getByRole('button', { name: 'Discard', exact: true });
  await discard.click();
  await expect(page.getByRole('dialog', { name: 'Stop and discard this run?' })).toBeVisible();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByText('Running', { exact: true })).toBeVisible();

  await discard.click();
  await page.getByRole('button', { name: 'Stop and discard' }).click();
  await expect(page.getByText('steered is deleted')).toBeVisible();
  await expectNoViolations(page);
  const deleted = await askHistory(studio, 'SELECT id FROM runs WHERE deleted_at IS NOT NULL');
  expect(deleted).toEqual([[id]]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Stopped', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  expect((await stepsInHistory(studio, id)).length).toBeGreaterThan(0);
});

function recipeOf({ workspace }: Studio, name: string, maxSteps: number, training: object = {}) {
  const row = conversation(['user', 'Which wood is the top of a lute?'], ['assistant', 'Spruce.']);
  return {
    version: 1,
    name,
    model: { path: demoModel },
    dataset: { path: workspace.write('rows.jsonl', row.repeat(8)) },
    training: { maxSteps, batchSize: 1, gradientAccumulationSteps: 1, ...training },
  };
}

function startRun(page: Page, studio: Studio, maxSteps: number, training: object = {}): Promise<string> {
  const recipe = JSON.stringify(recipeOf(studio, 'steered', maxSteps, training));
  return startRecipe(page, studio, studio.workspace.write('steered.luthier.yaml', recipe));
}

async function waitForStep(page: Page, step: number): Promise<void> {
  const words = page.locator('.run-progress-words strong').first();
  await expect
    .poll(async () => Number(/step (\d+)/.exec(await words.innerText())?.[1]))
    .toBeGreaterThan(step);
}

interface Shown {
  readonly status: string;
  readonly paused: boolean;
  readonly steps: readonly { readonly step: number }[];
  readonly resumptions: readonly { readonly fromStep: number }[];
}

async function show(page: Page, root: string, id: string): Promise<Shown> {
  const record = await call<Omit<Shown, 'steps'>>(page, root, 'runs.show', { id });
  const { steps } = await call<Pick<Shown, 'steps'>>(page, root, 'runs.steps', {
    id,
    offset: 0,
    count: MOST_STEPS,
  });
  return { ...record, steps };
}

/** More than any run here takes that is looked at whole. */
const MOST_STEPS = 500;

async function call<T>(page: Page, root: string, procedure: string, data: object): Promise<T> {
  const answer = await page.request.post(new URL(`/api/${procedure}`, root).href, {
    data,
    headers: { origin: new URL(root).origin },
  });
  const body = (await answer.json()) as { ok: boolean; value: T };
  expect(body).toMatchObject({ ok: true });
  return body.value;
}
