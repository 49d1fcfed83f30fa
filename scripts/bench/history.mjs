// `npm run bench -- history [--runs 10000] [--steps 1000000]`: a history of ten thousand runs with ten million steps,
// eight of them with a million each. Prints figures beside what they may be, asserts none.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUpOrExit } from '../setup.mjs';
import { openBrowser, serveStudio } from '../studio-page.mjs';
import { numberOption } from './training-run.mjs';

const LONG_RUNS = 8;
const SHORT_STEPS = 200;
/** One step of each long run, far from any border of a bucket's neighbours. */
const SPIKE = { place: 0.654321, loss: 42 };
const ROUNDS = 5;
/** A plot whose points are on its canvas. */
const DRAWN_PLOT = '.uplot[data-drawn]:not([data-drawn="0"])';
/** The loss, and four small ones. */
const PLOTS_OF_A_RUN = 5;

export async function benchHistory(args) {
  const node = await setUpOrExit();
  const runs = numberOption(args, 'runs', 10_000);
  const longSteps = numberOption(args, 'steps', 1_000_000);
  const home = mkdtempSync(join(tmpdir(), 'luthier-bench-history-'));
  try {
    const startedAt = performance.now();
    const steps = await writeHistory(home, runs, longSteps);
    const path = join(home, 'history.sqlite');
    tell('history made in', `${seconds(performance.now() - startedAt)}, ${megabytes(statSync(path).size)}`);
    tell('runs, steps', `${runs.toLocaleString('en')}, ${steps.toLocaleString('en')}`);
    await measureStore(path, longSteps);
    await measurePage(node, home, runs);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return 0;
}

/** Written by SQL, which is a hundred times as fast as training; sums by the history's own code. */
async function writeHistory(home, runs, longSteps) {
  const { openDatabase } = await import('../../src-main/adapters/sqlite/open-database.ts');
  const { createRunStore } = await import('../../src-main/adapters/sqlite/run-store.ts');
  const { createBucketWriter } = await import('../../src-main/adapters/sqlite/step-buckets.ts');
  const { createSummariser } = await import('../../src-main/adapters/sqlite/summarise-run.ts');
  const { newRun } = await import('../../src-main/adapters/sqlite/history-fixture.ts');
  const opened = openDatabase(join(home, 'history.sqlite'));
  if (!opened.ok) throw new Error(opened.error.cause);
  const database = opened.value;
  const store = createRunStore(database);
  const buckets = createBucketWriter(database);
  const summarise = createSummariser(database);
  const insert = database.prepare(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count)
    INSERT INTO steps SELECT @id, n, n * 3.0 / @count,
      CASE n WHEN @spike THEN ${SPIKE.loss} ELSE 0.8 + 2.5 / (1 + 40.0 * n / @count) + (n * 7919 % 1009) / 3000.0 + @offset END,
      2e-4 * (1 - 1.0 * n / @count), 0.5 + (n * 104729 % 997) / 2000.0, 600, 1000, 900 + (n * 31 % 101), 1000000 + n,
      n * 900.0, n * 600, n * 1000 FROM numbers`);
  const models = ['qwen2.5-1.5b', 'gemma-3-1b', 'llama-3.2-1b'];
  let total = 0;
  for (let first = 0; first < runs; first += 500) {
    database.transaction(() => {
      for (let i = first; i < Math.min(runs, first + 500); i++) {
        const id = `bench-${String(i).padStart(5, '0')}`;
        const isLong = i >= runs - LONG_RUNS;
        const count = isLong ? longSteps : SHORT_STEPS;
        const createdAt = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
        const modelName = models[i % models.length];
        const name = isLong ? `long ${i}` : `sweep ${i}`;
        store.create(newRun(id, { name, createdAt, modelName, plannedSteps: count, ownerPid: process.pid }));
        const spike = isLong ? Math.round(count * SPIKE.place) : 0;
        insert.run({ id, count, spike, offset: (i % 17) / 50 });
        buckets.rebuild(id, 1, count);
        summarise(id);
        const end = {
          adapterPath: null,
          bestAdapterPath: null,
          error: null,
          processExit: null,
          demo: null,
          repetition: null,
        };
        store.finish(id, {
          ...end,
          status: i % 10 === 0 ? 'stopped' : 'completed',
          endedAt: createdAt,
          paused: false,
        });
        total += count;
      }
    })();
  }
  store.close();
  return total;
}

/** What the backend alone needs: no page, no transport. */
async function measureStore(path, longSteps) {
  const { openDatabase } = await import('../../src-main/adapters/sqlite/open-database.ts');
  const { createRunStore } = await import('../../src-main/adapters/sqlite/run-store.ts');
  const { ALL_RUNS } = await import('../../src-shared/domain/run-list.ts');
  const { metricsQuestionSchema } = await import('../../src-shared/domain/run-metrics.ts');
  const opened = openDatabase(path);
  if (!opened.ok) throw new Error(opened.error.cause);
  const store = createRunStore(opened.value);
  const newest = store.page({ ...ALL_RUNS, count: LONG_RUNS }).runs;
  const ask = (id, part = {}) => store.metrics(id, metricsQuestionSchema.parse(part));
  const [run] = newest;
  const curve = ask(run.id);
  const spikeStep = Math.round(longSteps * SPIKE.place);
  const { step, value } = curve.extremes.loss;
  const shown = value[step.indexOf(spikeStep)];
  tell(
    'points of the whole curve',
    `${step.length.toLocaleString('en')} of ${curve.total.toLocaleString('en')}`,
  );
  tell('the planted spike is among them', shown === SPIKE.loss ? 'yes' : 'NO');
  tell('store: first page of runs', milliseconds(median(() => store.page(ALL_RUNS))));
  const text = 'gemma sweep 4711';
  tell('store: search', milliseconds(median(() => store.page({ ...ALL_RUNS, text }))));
  const sorting = { key: 'lastLoss', isDescending: false };
  tell(
    'store: last page by loss',
    milliseconds(median(() => store.page({ ...ALL_RUNS, sorting, offset: 9900 }))),
  );
  tell('store: details of a long run', milliseconds(median(() => store.show(run.id))));
  tell('store: curve of a long run', milliseconds(median(() => ask(run.id))));
  tell(
    'store: a hundredth of it',
    milliseconds(median(() => ask(run.id, { from: longSteps * 0.4, to: longSteps * 0.41 }))),
  );
  tell(
    'store: loss of eight',
    milliseconds(median(() => newest.map(({ id }) => ask(id, { measures: ['loss'], points: 4000 })))),
  );
  tell('store: a page of its table', milliseconds(median(() => store.steps(run.id, longSteps / 2, 200))));
  store.close();
}

async function measurePage(node, home, runs) {
  const studio = await serveStudio(node, home);
  let browser;
  try {
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    let start = studio.url;
    // A page in which nothing was opened yet, when its start is over.
    const openPage = async () => {
      const page = await context.newPage();
      await page.goto(start);
      await page.getByText('Main memory').waitFor();
      await page.waitForTimeout(1000);
      start = page.url().replace(/#.*/, '');
      return page;
    };
    const newest = Array.from(
      { length: LONG_RUNS },
      (_, i) => `bench-${String(runs - 1 - i).padStart(5, '0')}`,
    );
    const list = [];
    const firstDrawn = [];
    for (let round = 0; round < ROUNDS; round++) {
      const page = await openPage();
      list.push(await inPage(page, '#/runs', 'table[aria-label="Runs"] tbody tr td a', 1));
      await page.waitForTimeout(500);
      firstDrawn.push(await inPage(page, `#/runs/${newest[round]}`, `.run ${DRAWN_PLOT}`, PLOTS_OF_A_RUN));
      await page.close();
    }
    tell('page: list first shown', `${each(list)}   (below 200 ms)`);
    const page = await openPage();
    const go = (address, shown, count = 1) => inPage(page, address, shown, count);
    await go('#/runs', 'table[aria-label="Runs"] tbody tr td a');
    await page.waitForTimeout(500);
    const search = [];
    for (const text of ['gemma 4711', 'long', 'sweep 99', 'qwen', 'llama 500'])
      search.push(await searchFor(page, text));
    tell('page: search', `${each(search)}   (below 100 ms)`);
    const drawn = [];
    for (let round = 0; round < ROUNDS; round++) {
      await page.goto(`${start}#/runs`);
      await page.waitForTimeout(500);
      drawn.push(await go(`#/runs/${newest[round]}`, `.run ${DRAWN_PLOT}`, PLOTS_OF_A_RUN));
    }
    tell('page: run of a long curve drawn', `${each(drawn)}   (below 300 ms)`);
    tell('  the first one of a page', each(firstDrawn));

    const label = await page.locator('[role=img][aria-label^="Loss"]').first().getAttribute('aria-label');
    tell('page: says of its loss', label ?? '');
    const compared = [];
    for (let round = 0; round < ROUNDS; round++) {
      await page.goto(`${start}#/runs`);
      await page.waitForTimeout(500);
      compared.push(await go(`#/compare/${newest.join(',')}`, `.compare-plot ${DRAWN_PLOT}`));
    }
    tell('page: eight of them compared', `${each(compared)}   (below 1000 ms)`);
  } finally {
    await browser?.close();
    await studio.stop();
  }
}

/** From a change of the address to the frame in which so many of something are there, measured in the page. */
function inPage(page, address, selector, count) {
  return page.evaluate(
    ([to, shown, wanted]) =>
      new Promise(resolve => {
        const startedAt = performance.now();
        const look = () => {
          if (document.querySelectorAll(shown).length >= wanted) resolve(performance.now() - startedAt);
          else requestAnimationFrame(look);
        };
        location.hash = to;
        requestAnimationFrame(look);
      }),
    [address, selector, count],
  );
}

/** From a word in the field to the frame that says how many runs were found. */
function searchFor(page, text) {
  return page.evaluate(
    words =>
      new Promise(resolve => {
        const field = document.querySelector('input[type=search]');
        const count = document.querySelector('.history-head [role=status]');
        const before = count.textContent;
        const startedAt = performance.now();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, words);
        field.dispatchEvent(new Event('input', { bubbles: true }));
        const look = () => {
          if (count.textContent !== before) resolve(performance.now() - startedAt);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    text,
  );
}

function median(work) {
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
}

const tell = (what, figure) => process.stdout.write(`${what.padEnd(36)}${figure}\n`);
const milliseconds = ms => `${ms.toFixed(1)} ms`;
const seconds = ms => `${(ms / 1000).toFixed(1)} s`;
const megabytes = bytes => `${Math.round(bytes / 2 ** 20)} MiB`;
const each = times => `${times.map(ms => Math.round(ms)).join(', ')} ms`;
