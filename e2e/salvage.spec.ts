/** A damaged history is told of in the studio, and a run that it has lost comes back from the diary in its folder. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { expectNoViolations } from './axe.ts';
import { conversation, createWorkspace, demoModel, runLuthier, startLuthier } from './luthier-process.ts';

test('a run that a damaged history has lost is brought back from its folder', async ({ page }) => {
  const workspace = createWorkspace('salvage');
  const { home } = workspace;
  const data = workspace.write(
    'rows.jsonl',
    conversation(['user', 'Where is the fox?'], ['assistant', 'In the wood.']).repeat(8),
  );
  const recipe = workspace.write(
    'lost.luthier.yaml',
    `version: 1\nname: lost and found\nmodel: {path: ${JSON.stringify(demoModel)}}\ndataset: {path: ${JSON.stringify(data)}, validation: none}\ntraining: {maxSteps: 3, warmupSteps: 0}\n`,
  );
  const trained = await runLuthier('train', recipe, '--json', '--home', home);
  expect(trained.code, trained.stderr).toBe(0);
  overwrite(join(home, 'history.sqlite'));

  const running = startLuthier(['serve', '--no-open', '--json', '--home', home]);
  try {
    const { url } = await running.line(value => typeof value['url'] === 'string');
    await page.goto(String(url));
    const notice = page.getByRole('region', { name: /^The history was damaged/ });
    await expect(notice).toContainText('0 runs with 0 steps are there again');
    await expectNoViolations(page);
    await notice.getByRole('button', { name: 'Bring back runs from their folders' }).click();
    await expect(notice.getByText('lost and found is in the history again.')).toBeVisible();
    await expectNoViolations(page);
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByRole('link', { name: 'lost and found' }).click();
    await expect(page.getByText('Completed').first()).toBeVisible();
    await expect(page.getByText('step 3 of 3').first()).toBeVisible();
    await expect(page.getByText(/adapter\.gguf$/).first()).toBeVisible();
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await expect(notice).toBeHidden();
  } finally {
    running.child.kill('SIGTERM');
    await running.finished;
    workspace.remove();
  }
});

/** Nothing of the file can be read afterwards but that it is a database. */
function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(64 * 1024, 0x5a), 0, 64 * 1024, 100);
  closeSync(file);
}
