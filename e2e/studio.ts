/** A studio of its own for each browser test: `luthier serve` on a fresh home. */
import { test as base } from 'playwright/test';
import { createWorkspace, type Running, startLuthier } from './luthier-process.ts';

export interface Studio {
  readonly url: string;
  readonly running: Running;
  readonly workspace: ReturnType<typeof createWorkspace>;
}

export const test = base.extend<{ studio: Studio }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are needed from the pattern.
  studio: async ({}, use) => {
    const workspace = createWorkspace('studio');
    const running = startLuthier(['serve', '--no-open', '--json', '--home', workspace.home]);
    const { url } = await running.line(value => typeof value['url'] === 'string');
    await use({ url: String(url), running, workspace });
    running.child.kill('SIGTERM');
    await running.finished;
    workspace.remove();
  },
});

export { expect } from 'playwright/test';
