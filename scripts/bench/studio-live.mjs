// The page of a run while its metrics stream in: from the real backend, into which a run is written as its trainer would.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';

/** What is streamed: `seconds` is how long it takes here. An hour of ten steps a second is 36,000 of them. */
const STREAMS = [
  { name: '100,000 points streamed', steps: 100_000, seconds: 20 },
  { name: 'an hour replayed', steps: 36_000, seconds: 30 },
];
/** Pieces of a stream, so often. */
const DELIVERIES_PER_SECOND = 20;

/** `tell` prints a figure, `watchTasks` the longest tasks of a page while something happens. */
export async function benchLive({ browser, home, tell, watchTasks }) {
  const studio = await serveParts(home);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(studio.url);
    await page.getByRole('link', { name: 'History' }).waitFor();
    const start = page.url().replace(/#.*/, '');
    for (const [i, stream] of STREAMS.entries()) {
      const run = await createStream(studio.parts, `stream-${i}`, stream);
      await page.goto(`${start}#/runs/stream-${i}`);
      await page.getByText('Waiting for the first step').waitFor();
      await watchTasks(browser, page, stream.name, async () => {
        await run();
        await page.getByText('Completed').first().waitFor();
      });
      const { heap, process } = await pageMemory(browser, page);
      tell(
        `memory after ${stream.name}`,
        `heap ${megabytes(heap)}, process ${megabytes(process)}   (below 250 MB)`,
      );
    }
  } finally {
    await studio.stop();
  }
}

const megabytes = bytes => `${Math.round(bytes / 1e6)} MB`;

/** A host in this process: the backend's parts, and the page over them. */
async function serveParts(home) {
  const { createBackendParts } = await import('../../src-main/hosts/create-backend.ts');
  const { createBackendFace } = await import('../../src-main/backend/create-backend-face.ts');
  const { startWebHost } = await import('../../src-main/hosts/web/web-host.ts');
  const built = createBackendParts({
    host: 'web',
    home,
    resourcesDirectory: join(root, 'resources'),
    nativeDirectory: join(root, 'build', 'native'),
    processDirectory: join(root, 'out', 'main'),
  });
  if (!built.ok) throw new Error(built.error.cause);
  const parts = built.value;
  const backend = createBackendFace(parts);
  const rendererDirectory = join(root, 'out', 'renderer');
  const host = await startWebHost({ backend, rendererDirectory, port: 0, version: 'bench' });
  return {
    parts,
    url: host.url,
    async stop() {
      await host.close();
      await backend.close();
    },
  };
}

/** Puts a run into the history; gives what writes its steps there and tells of them, at a pace, with evaluations between. */
async function createStream(parts, id, { steps, seconds }) {
  const { newRun } = await import('../../src-main/adapters/sqlite/history-fixture.ts');
  const { RunRecorder } = await import('../../src-main/backend/run-recorder.ts');
  const createdAt = new Date().toISOString();
  parts.store.create(newRun(id, { name: id, createdAt, plannedSteps: steps, ownerPid: process.pid }));
  const recorder = new RunRecorder(
    parts.store,
    id,
    () => new Date(),
    () => undefined,
  );
  parts.flush.set(id, () => recorder.flush());
  parts.events.publishChange(id);
  const emit = event => {
    recorder.add(event);
    parts.events.publish(id, event);
  };
  return async () => {
    const deliveries = seconds * DELIVERIES_PER_SECOND;
    const startedAt = performance.now();
    let step = 0;
    for (let delivery = 1; delivery <= deliveries; delivery++) {
      const last = Math.round((steps * delivery) / deliveries);
      while (step < last) {
        step++;
        emit(stepEvent(step, steps));
        if (step % Math.ceil(steps / 100) === 0) {
          const loss = 1 + 1 / step;
          emit({ type: 'evaluation', step, loss, perplexity: Math.exp(loss) });
        }
      }
      const due = startedAt + (delivery * 1000) / DELIVERIES_PER_SECOND;
      await new Promise(resolve => setTimeout(resolve, Math.max(0, due - performance.now())));
    }
    recorder.close();
    const end = { adapterPath: null, bestAdapterPath: null, error: null };
    const finished = { ...end, status: 'completed', endedAt: new Date().toISOString() };
    parts.store.finish(id, { ...finished, processExit: null, demo: null, paused: false });
    parts.flush.delete(id);
    parts.events.publish(id, { type: 'finished', status: 'completed', steps, ...end });
    parts.events.publishChange(id);
  };
}

function stepEvent(step, steps) {
  const done = step / steps;
  return {
    type: 'step',
    step,
    epoch: done * 3,
    loss: 0.8 + 2.5 / (1 + 40 * done) + ((step * 7919) % 1009) / 3000,
    learningRate: 2e-4 * (1 - done),
    gradNorm: 0.5 + ((step * 104_729) % 997) / 2000,
    trainableTokens: 600,
    tokens: 1000,
    tokensPerSecond: 900 + ((step * 31) % 101),
    memoryBytes: 1_000_000_000 + step,
    elapsedMs: step * 100,
  };
}

/** Of the process that shows the page: what it alone holds in memory, in bytes; null where the system does not say. */
async function pageMemory(browser, page) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
  const largest = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => privateBytes(id))
    .sort((a, b) => b - a)[0];
  return { heap, process: largest ?? null };
}

function privateBytes(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return [...text.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].reduce(
      (sum, [, kb]) => sum + Number(kb) * 1024,
      0,
    );
  } catch {
    return 0;
  }
}
