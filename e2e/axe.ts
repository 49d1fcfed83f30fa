/** Accessibility of a page as it is now: within reach of the keyboard, and without a violation in both themes. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from 'playwright/test';
import { outOfReach } from './keyboard-reach.ts';

interface Axe {
  run(options: { resultTypes: ['violations'] }): Promise<{
    violations: readonly { id: string; nodes: readonly { target: unknown }[] }[];
  }>;
}

/**
 * Every rule of axe runs in each theme. Axe is put into a document once, and tells violations only: the builder does the
 * former at each question and asks for all that is right as well, which takes three times as long as the rules.
 */
export async function expectNoViolations(page: Page): Promise<void> {
  expect(await page.locator('body').evaluate(outOfReach)).toEqual([]);
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(new AxeBuilder({ page })['script']());
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await violationsOf(page)).toEqual([]);
  }
}

function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as never as { axe: Axe };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target).join(' ')}`);
  });
}
