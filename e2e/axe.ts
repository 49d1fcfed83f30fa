/** Accessibility of a page as it is now: within reach of the keyboard, and without a violation in both themes. */
import axe from 'axe-core';
import { expect, type Page } from 'playwright/test';
import { outOfReach } from './keyboard-reach.ts';

/**
 * Every rule of axe runs in each theme. Axe is put into a document once, and tells violations only: all that is right
 * would take three times as long as the rules.
 */
export async function expectNoViolations(page: Page): Promise<void> {
  expect(await page.locator('body').evaluate(outOfReach)).toEqual([]);
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await violationsOf(page)).toEqual([]);
  }
}

function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as never as { axe: typeof axe };
    const { violations } = await inPage.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target).join(' ')}`);
  });
}
