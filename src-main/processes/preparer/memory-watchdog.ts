/**
 * Ends this process when it takes too much memory, or when its parent is gone. A template such as
 * `range(10**9)` fills gigabytes in one native call, in which no JavaScript of the main thread runs, and one
 * that loops without end never lets it hear that nobody waits any more; a thread of its own still does.
 */
import { Worker } from 'node:worker_threads';
import { MEMORY_LIMIT_REACHED } from '../protocol.ts';

/** Far above what rows need, since they stream; far below what makes a machine swap. */
const LIMIT_BYTES = 3 * 1024 ** 3;
const LOOK_EVERY_MS = 50;

const WATCH = `
const { writeSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
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
