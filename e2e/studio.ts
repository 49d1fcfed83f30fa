/** A studio of its own for each test, on a fresh home: `luthier serve` and a browser, or the desktop app. */
import { test as base, type ElectronApplication, expect, type Page } from 'playwright/test';
import { addDemoRun } from './demo-run.ts';
import { launchElectron } from './electron-program.ts';
import { createWorkspace, type Running, startLuthier } from './luthier-process.ts';

export interface Studio {
  readonly url: string;
  /** Of the process that holds the backend. */
  readonly pid: number;
  readonly workspace: ReturnType<typeof createWorkspace>;
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
    if (app) await use({ url: 'app://luthier/', pid: app.process().pid ?? 0, workspace });
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
  await use({ url: String(url), pid: running.child.pid ?? 0, workspace });
  running.child.kill('SIGTERM');
  await running.finished;
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
