// `npm run bench -- studio`: what the page costs with large data. Prints figures, asserts none.
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root, setUpOrExit } from '../setup.mjs';
import { openBrowser, serveStudio } from '../studio-page.mjs';
import { benchLive } from './studio-live.mjs';
import { benchStart } from './studio-start.mjs';
import { longestMs, mainThreadTasks } from './trace-tasks.mjs';

const ROWS = 1_000_000;
const LONG_ROW_WORDS = 30_000;
const model = join(root, 'resources', 'demo', 'base.gguf');

export async function benchStudio() {
  const node = await setUpOrExit();
  const workspace = mkdtempSync(join(tmpdir(), 'luthier-bench-'));
  const manyRows = join(workspace, 'million.jsonl');
  const longRow = join(workspace, 'long.jsonl');
  await writeMillionRows(manyRows);
  writeLongRow(longRow);
  const studio = await serveStudio(node, join(workspace, 'home'));
  let browser;
  try {
    await benchStart({ node, workspace, tell });
    tell('bundle, gzipped', `${Math.round(bundleBytes() / 1000)} kB   (below 400 kB)`);
    browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(studio.url);
    await page.getByRole('textbox', { name: 'Model file' }).waitFor();
    const home = page.url();
    const demoAt = performance.now();
    await page.getByRole('button', { name: 'Run the demo' }).click();
    await page.getByRole('list', { name: 'Events' }).getByText('First step').waitFor({ timeout: 60_000 });
    tell('first step of the demo after', `${Math.round(performance.now() - demoAt)} ms   (below 10,000 ms)`);
    await page.getByText('Completed').first().waitFor({ timeout: 300_000 });
    await page.goto(home);
    const watch = (what, action) => watchTasks(browser, page, what, action);
    await page.getByRole('textbox', { name: 'Model file' }).fill(model);

    await page.goto(`${home}#/new/data`);
    await watch('a million rows, opened', async () => {
      await page.getByRole('textbox', { name: 'Data file' }).fill(manyRows);
      const readAt = performance.now();
      await page.getByText('1,000,000 rows').first().waitFor({ timeout: 600_000 });
      tell('a million rows read after', `${Math.round(performance.now() - readAt)} ms`);
    });
    await watch('a million rows, scrolled', () => scroll(page, '.rows-card .virtual'));

    await page.getByRole('textbox', { name: 'Data file' }).fill(longRow);
    await page.getByText('3 rows').first().waitFor();
    await page.goto(`${home}#/new/training`);
    await page.goto(`${home}#/new/collator`);
    await page.getByLabel('Maximum length').fill('200000');
    await watch('the long row, opened', async () => {
      await page.goto(`${home}#/new/masking`);
      const shownAt = performance.now();
      await page.locator('[data-token="0"]').waitFor();
      tell('first tokens of the long row after', `${Math.round(performance.now() - shownAt)} ms`);
      await page.waitForTimeout(500);
    });
    tell('tokens of the long row', await page.locator('.inspector-side .total').last().innerText());
    await watch('the long row, scrolled', async () => {
      await scroll(page, '.token-flow');
      const endAt = performance.now();
      await page.locator('[data-token]').last().waitFor({ timeout: 60_000 });
      tell('tokens at its end after', `${Math.round(performance.now() - endAt)} ms`);
    });
    tell('tokens in the document', String(await page.locator('[data-token]').count()));
    const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
    tell('heap of the page', `${Math.round(heap / 2 ** 20)} MiB`);
    await page.close();
    await benchLive({ browser, home: join(workspace, 'streams'), tell, watchTasks });
  } finally {
    await browser?.close();
    await studio.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
  return 0;
}

const tell = (what, figure) => process.stdout.write(`${what.padEnd(40)}${figure}\n`);

const BUDGET_MS = 50;

/** Tells of the page's tasks while `action` runs: on the clock, which a busy machine slows down, and of the processor alone. */
async function watchTasks(browser, page, what, action) {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await action();
  await page.waitForTimeout(300);
  const tasks = mainThreadTasks(JSON.parse(String(await browser.stopTracing())).traceEvents);
  const above = tasks.filter(({ tdur = 0 }) => tdur / 1000 > BUDGET_MS).length;
  const [clock, processor] = ['dur', 'tdur'].map(key => Math.round(longestMs(tasks, key)));
  tell(
    `longest task: ${what}`,
    `${processor} ms of the processor, ${clock} ms on the clock; ${above} above ${BUDGET_MS} ms`,
  );
}

/** From top to bottom in many steps, as a wheel would. */
async function scroll(page, selector) {
  for (let step = 1; step <= 40; step++) {
    await page.evaluate(
      ([where, share]) => {
        const element = document.querySelector(where);
        if (element) element.scrollTop = (element.scrollHeight - element.clientHeight) * share;
      },
      [selector, step / 40],
    );
    await page.waitForTimeout(60);
  }
}

function bundleBytes() {
  const assets = join(root, 'out', 'renderer', 'assets');
  return readdirSync(assets)
    .filter(name => name.endsWith('.js') || name.endsWith('.css'))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
}

async function writeMillionRows(path) {
  const file = createWriteStream(path);
  for (let i = 0; i < ROWS; i += 1000) {
    const lines = Array.from({ length: 1000 }, (_, k) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: `Question ${i + k}` },
          { role: 'assistant', content: `Answer ${i + k}` },
        ],
      }),
    );
    if (!file.write(`${lines.join('\n')}\n`)) await new Promise(resolve => file.once('drain', resolve));
  }
  await new Promise(resolve => file.end(resolve));
}

function writeLongRow(path) {
  const words = Array.from({ length: LONG_ROW_WORDS }, (_, i) => `violin ${i}`).join(' ');
  const row = JSON.stringify({
    messages: [
      { role: 'user', content: 'Tell me all.' },
      { role: 'assistant', content: words },
    ],
  });
  writeFileSync(path, `${row}\n`.repeat(3));
}
