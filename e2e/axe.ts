/** Accessibility of a page as it is now, in both themes. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from 'playwright/test';

export async function expectNoViolations(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // No frame of another origin is in the studio, for which axe would put its results together in a page of its own.
    const builder = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await builder.analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target).join(' ')}`)).toEqual(
      [],
    );
  }
}
