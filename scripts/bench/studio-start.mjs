// How long a user waits for the page: from the address to a click that is answered.
import { join } from 'node:path';
import { browserPath, serveStudio } from '../studio-page.mjs';
import { openPlainBrowser } from './plain-browser.mjs';
import { mainThreadTasks, processorMs } from './trace-tasks.mjs';

const ROUNDS = 5;
const LONGEST_START_MS = 30_000;

/**
 * Each round has a `serve` and a browser of its own, with nothing in its caches, and a browser that has done with its
 * own start. A reload finds the scripts compiled in the browser's cache.
 */
export async function benchStart({ node, workspace, tell }) {
  const starts = [];
  for (let round = 0; round < ROUNDS; round++) {
    const studio = await serveStudio(node, join(workspace, `start-${round}`));
    const browser = await openPlainBrowser(browserPath());
    try {
      const page = await browser.openPage(clickWhenThere);
      const endTrace = await browser.trace(['toplevel', 'blink.user_timing', 'loading', 'v8']);
      await page.goTo(studio.url);
      const start = await page.until('globalThis.start', LONGEST_START_MS);
      const tasks = mainThreadTasks(await endTrace(), 'answered');
      starts.push({ ...start, processor: processorMs(tasks) });
    } finally {
      await browser.close();
      await studio.stop();
    }
  }
  const median = key => starts.map(start => start[key]).sort((a, b) => a - b)[ROUNDS >> 1];
  const ms = key => `${Math.round(median(key))} ms`;
  tell('a click is answered after', `${ms('answered')}   (below 1000 ms)`);
  tell('  of that until the host has answered', ms('response'));
  tell('  until the page is painted', ms('painted'));
  tell('  processor time of the page', ms('processor'));
}

/** Runs in the page: clicks into the search field as soon as it is there, and notes when its window has been painted. */
function clickWhenThere() {
  let isClicked = false;
  const observer = new MutationObserver(() => {
    const button = document.querySelector('.command-trigger');
    if (button && !isClicked) {
      isClicked = true;
      button.click();
    }
    if (!document.querySelector('dialog[open]')) return;
    observer.disconnect();
    // The task behind the next frame.
    requestAnimationFrame(() => setTimeout(note));
  });
  observer.observe(document, { childList: true, subtree: true, attributes: true });
  function note() {
    performance.mark('answered');
    const [navigation] = performance.getEntriesByType('navigation');
    const answered = performance.now();
    // Paints are told a little later than they happen.
    setTimeout(() => {
      const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? answered;
      globalThis.start = { response: navigation.responseStart, painted, answered };
    }, 500);
  }
}
