// A browser that nothing looks into while a page starts, as the one of a user.
//
// Playwright enables the inspector's `Runtime` for each page. V8 then takes down the source positions of every error that is
// made, also of those that React makes when it is loaded and never throws, and parses the whole script again for that:
// more than a tenth of a second that no user waits for. Here the page is only asked when it is over.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { familyTicks } from './process-family.mjs';

const WINDOW = { width: 1440, height: 900 };
/** A browser goes on with its own work after it has started; below so much of a core it has done with it. */
const QUIET_SHARE = 0.05;
/** Seldom enough to disturb nothing that is measured. */
const LOOK_EVERY_MS = 1000;

/**
 * Resolves once the browser has done with its own start. `openPage(script)` gives a page with the function `script` in
 * all its documents; `trace(categories)` begins to trace, and gives what ends that and has the events.
 */
export async function openPlainBrowser(executable) {
  const profile = mkdtempSync(join(tmpdir(), 'luthier-browser-'));
  const browser = spawn(
    executable,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      `--window-size=${WINDOW.width},${WINDOW.height}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const send = await connect(await readAddress(browser));
  await untilQuiet(browser.pid);
  return {
    openPage: script => openPage(send, script),
    trace: categories => trace(send, categories),
    async close() {
      const gone = new Promise(resolve => browser.once('exit', resolve));
      browser.kill('SIGTERM');
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openPage(send, script) {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  await send('Page.enable', {}, sessionId);
  await send('Page.addScriptToEvaluateOnNewDocument', { source: `(${script})()` }, sessionId);
  return {
    goTo: url => send('Page.navigate', { url }, sessionId),
    /** The value of an expression, once it has one. */
    async until(expression, longestMs) {
      for (const end = performance.now() + longestMs; performance.now() < end; ) {
        await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
        const { result } = await send('Runtime.evaluate', { expression, returnByValue: true }, sessionId);
        if (result.value !== undefined) return result.value;
      }
      throw new Error(`${expression} has no value after ${longestMs} ms.`);
    },
  };
}

async function trace(send, includedCategories) {
  const events = [];
  send.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await send('Tracing.start', { traceConfig: { includedCategories }, transferMode: 'ReportEvents' });
  return async () => {
    const complete = new Promise(resolve => send.on('Tracing.tracingComplete', resolve));
    await send('Tracing.end');
    await complete;
    return events;
  };
}

function readAddress(browser) {
  return new Promise((resolve, reject) => {
    let text = '';
    browser.stderr.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    browser.once('error', reject);
    browser.once('exit', () => reject(new Error(`The browser ended: ${text}`)));
  });
}

/** `send(method, parameters, session)` resolves to the result; `send.on(event, listener)` hears of events. */
async function connect(address) {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`${address} does not answer.`));
  });
  const waiting = new Map();
  const listeners = new Map();
  let lastId = 0;
  socket.onmessage = ({ data }) => {
    const { id, result, error, method, params } = JSON.parse(data);
    if (id === undefined) return listeners.get(method)?.(params);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  };
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    });
  send.on = (event, listener) => listeners.set(event, listener);
  return send;
}

async function untilQuiet(pid) {
  for (let before = familyTicks(pid); ; ) {
    await new Promise(resolve => setTimeout(resolve, 1000));
    const now = familyTicks(pid);
    if ((now - before) / 100 < QUIET_SHARE) return;
    before = now;
  }
}
