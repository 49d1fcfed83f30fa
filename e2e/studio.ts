/** A studio of its own for each test, on a fresh home: `luthier serve` and a browser, or the desktop app. */
import { execFileSync } from 'node:child_process';
import { test as base, type ElectronApplication, expect, type Page } from 'playwright/test';
import { addDemoRun } from './demo-run.ts';
import { launchElectron } from './electron-program.ts';
import { createWorkspace, type Running, runLuthier, startLuthier } from './luthier-process.ts';

export interface Studio {
  readonly url: string;
  readonly workspace: ReturnType<typeof createWorkspace>;
  /** The process that trains for it now. Throws where none does. */
  trainerPid(): Promise<number>;
}

export interface HostOptions {
  /** What the studio is looked at with; the projects of the configuration choose. */
  readonly host: 'browser' | 'electron';
}

interface Fixtures {
  readonly workspace: ReturnType<typeof createWorkspace>;
  readonly app: ElectronApplication | null;
  readonly studio: Studio;
}

export const test = base.extend<HostOptions & Fixtures>({
  host: ['browser', { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are needed from the pattern.
  workspace: async ({}, use) => {
    const workspace = createWorkspace('studio');
    await use(workspace);
    workspace.remove();
  },
  app: async ({ host, workspace }, use) => {
    const app = host === 'electron' ? await launchElectron(workspace.home, workspace.directory) : null;
    await use(app);
    await app?.close();
  },
  studio: async ({ app, workspace }, use) => {
    if (app) await use({ url: 'app://luthier/', workspace, trainerPid: () => trainerOfApp(app) });
    else await serveStudio(workspace, use);
  },
  page: async ({ app, page }, use) => use(app ? await app.firstWindow() : page),
});

async function serveStudio(
  workspace: Studio['workspace'],
  use: (studio: Studio) => Promise<void>,
): Promise<void> {
  const running: Running = startLuthier(['serve', '--no-open', '--json', '--home', workspace.home]);
  const { url } = await running.line(value => typeof value['url'] === 'string');
  await use({ url: String(url), workspace, trainerPid: async () => trainerBelow(running.child.pid) });
  running.child.kill('SIGTERM');
  await running.finished;
}

async function trainerOfApp(app: ElectronApplication): Promise<number> {
  const metrics = await app.evaluate(electron => electron.app.getAppMetrics());
  const found = metrics.find(({ name, serviceName }) => [name, serviceName].includes('Luthier trainer'));
  if (!found) throw new Error('The app trains nothing.');
  return found.pid;
}

function trainerBelow(pid: number | undefined): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const found = lines
    .map(line => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .find(match => Number(match?.[2]) === pid && match?.[3]?.includes('trainer.js'));
  if (!found) throw new Error('No trainer runs below the studio.');
  return Number(found[1]);
}

/** Opens a recipe and starts it as a user does; the page of its run is open then. Gives the run's id. */
export async function startRecipe(page: Page, { url }: Studio, recipe: string): Promise<string> {
  await page.goto(url);
  await page.getByRole('textbox', { name: 'Recipe file' }).fill(recipe);
  await page.getByRole('button', { name: 'Open a recipe' }).click();
  await expect(page.getByRole('heading', { name: 'Preflight', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: /^Run ?,/ }).click();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page).toHaveURL(/#\/runs\/[^/]+$/);
  return page.url().split('/').at(-1) ?? '';
}

/** The rows that answer a question in SQL, whatever the studio is looked at with. */
export async function askHistory({ workspace }: Studio, question: string): Promise<unknown[][]> {
  const { json } = await runLuthier('runs', 'sql', question, '--json', '--home', workspace.home);
  return (json[0] as { rows: unknown[][] }).rows;
}

/** Every step that the history has of a run. */
export async function stepsInHistory(studio: Studio, id: string): Promise<unknown[]> {
  const rows = await askHistory(studio, `SELECT step FROM steps WHERE run_id = '${id}' ORDER BY step`);
  return rows.map(([step]) => step);
}

/** Counts the user's clicks and the dialogs that open in the page, from its next load on. */
export async function countClicks(page: Page): Promise<() => Promise<{ clicks: number; dialogs: number }>> {
  await page.addInitScript(() => {
    const { document, HTMLDialogElement } = globalThis as never as {
      document: {
        addEventListener(type: string, listener: (event: { detail: number }) => void, isFirst: boolean): void;
      };
      HTMLDialogElement: { prototype: { showModal(): void } };
    };
    const made = { clicks: 0, dialogs: 0 };
    Object.assign(globalThis, { madeSoFar: made });
    // A click that a key or a label has made has no detail.
    document.addEventListener('click', ({ detail }) => detail > 0 && made.clicks++, true);
    const { prototype } = HTMLDialogElement;
    const { showModal } = prototype;
    prototype.showModal = function () {
      made.dialogs++;
      showModal.call(this);
    };
  });
  return () =>
    page.evaluate(
      () => (globalThis as never as { madeSoFar: { clicks: number; dialogs: number } }).madeSoFar,
    );
}

/** From the menu in the header of a run that is over. */
export async function chooseMore(page: Page, command: string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: command }).click();
}

/** Gives the studio a finished run of the demo and opens its page, whose address is the answer. */
export async function openDemoRun(page: Page, { url, workspace }: Studio): Promise<string> {
  const id = await addDemoRun(workspace.home);
  if (page.url() === 'about:blank') await page.goto(url);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.goto(`${page.url().replace(/#.*/, '')}#/runs/${id}`);
  await expect(page.getByText('Completed').first()).toBeVisible();
  return page.url();
}

export { expect } from 'playwright/test';
