/**
 * Ends this process when it takes too much memory. A template such as `range(10**9)` fills gigabytes in
 * one native call, in which no JavaScript of the main thread runs; a thread of its own still does.
 */
import { Worker } from 'node:worker_threads';
import { MEMORY_LIMIT_REACHED } from '../protocol.ts';

/** Far above what rows need, since they stream; far below what makes a machine swap. */
const LIMIT_BYTES = 3 * 1024 ** 3;
const LOOK_EVERY_MS = 50;

const WATCH = `
const { writeSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
setInterval(() => {
  if (process.memoryUsage.rss() < workerData.limitBytes) return;
  writeSync(2, workerData.lastLine + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, workerData.lookEveryMs);
`;

export function watchMemory(): void {
  const worker = new Worker(WATCH, {
    eval: true,
    workerData: {
      limitBytes: LIMIT_BYTES,
      lookEveryMs: LOOK_EVERY_MS,
      lastLine: `${MEMORY_LIMIT_REACHED} of ${LIMIT_BYTES / 1024 ** 3} GiB.`,
    },
  });
  worker.unref();
}
