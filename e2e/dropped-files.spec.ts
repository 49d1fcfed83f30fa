/** Files dropped into the studio in a browser, which keeps to itself where they lie. */
import { expectNoViolations } from './axe.ts';
import { expect, test } from './studio.ts';

test('a dropped file is answered on every page, and does not take the page’s place', async ({
  page,
  studio,
}) => {
  await page.goto(studio.url);
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page).toHaveURL(/runs/);
  const isRefused = await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['version: 1'], 'support.luthier.yaml'));
    const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(drop);
    return drop.defaultPrevented;
  })()`);
  expect(isRefused).toBe(true);
  const notice = page.getByRole('main').getByText(/does not tell where a dropped file lies/);
  await expect(notice).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Close the message' }).click();
  await expect(notice).toBeHidden();
});
