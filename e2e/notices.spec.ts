/** The end of a run is told wherever one is: above every page, and by the browser where it was asked to. */
import { expectNoViolations } from './axe.ts';
import { conversation, demoModel } from './luthier-process.ts';
import { expect, type Studio, test } from './studio.ts';

interface TellTale {
  readonly title: string;
  readonly options: { readonly body: string };
}

function recipeOf(studio: Studio, name: string, steps: number) {
  const data = studio.workspace.write(
    `${name}.jsonl`,
    conversation(['user', 'Which wood?'], ['assistant', 'Spruce.']).repeat(8),
  );
  return {
    version: 1,
    name,
    model: { path: demoModel },
    dataset: { path: data },
    training: { maxSteps: steps, batchSize: 1, gradientAccumulationSteps: 1 },
  };
}

test('a run that ends is told on other pages, and by the browser once that was allowed', async ({
  page,
  context,
  studio,
}) => {
  // Headless Chromium shows no notifications; what the page hands to it is kept instead.
  await page.addInitScript(() => {
    const told: unknown[] = [];
    class Told {
      static permission = 'default';
      static async requestPermission() {
        Told.permission = 'granted';
        return 'granted';
      }
      constructor(title: string, options: unknown) {
        told.push({ title, options });
      }
    }
    Object.assign(globalThis, { Notification: Told, told });
    const document = Reflect.get(globalThis, 'document');
    document.hasFocus = () => false;
  });
  const told = () => page.evaluate(() => Reflect.get(globalThis, 'told') as TellTale[]);
  await page.goto(studio.url);
  await page.getByRole('link', { name: 'Settings' }).click();
  const box = page.getByRole('checkbox', { name: 'Tell me when a run ends' });
  await expect(page.getByText('The browser asks you once for its permission.')).toBeVisible();
  await expect(box).not.toBeChecked();
  await box.click();
  await expect(box).toBeChecked();
  await expectNoViolations(page);

  const start = (name: string, steps: number) =>
    context.request.post(new URL('/api/runs.start', studio.url).href, {
      data: { kind: 'draft', recipe: recipeOf(studio, name, steps) },
    });
  const started = (await (await start('short', 40)).json()) as { value: { id: string } };
  await expect(page).toHaveTitle(/^\d+ % · Settings · Luthier$/);
  const main = page.getByRole('main');
  const news = main.getByText(/^short is completed\. 40 steps, last loss \d+\.\d{3}\./);
  await expect(news).toBeVisible({ timeout: 60_000 });
  await expect(page).toHaveTitle('Settings · Luthier');
  await expectNoViolations(page);
  expect(await told()).toMatchObject([
    { title: 'short is completed', options: { body: expect.stringContaining('40 steps') } },
  ]);
  await page.getByRole('link', { name: 'Open the run' }).click();
  await expect(page).toHaveURL(new RegExp(`#/runs/${started.value.id}$`));
  await expect(news).toHaveCount(0);

  // Turned off, the page still says it; on the run's own page it is no news.
  await page.getByRole('link', { name: 'Settings' }).click();
  await box.click();
  await expect(box).not.toBeChecked();
  await start('quiet', 3);
  await expect(main.getByText(/^quiet is completed/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Close the news of quiet' }).click();
  await expect(main.getByText(/^quiet is completed/)).toHaveCount(0);
  expect(await told()).toHaveLength(1);
});
