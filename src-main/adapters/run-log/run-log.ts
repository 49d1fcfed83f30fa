/** Writes and reads the diary of a run, `events.jsonl` in its folder: one JSON object a line. */
import { appendFileSync, createReadStream, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type RunLogHead,
  type RunLogLine,
  runLogHeadSchema,
  runLogLineSchema,
} from '../../../src-shared/domain/run-log.ts';
import type { TrainingEvent } from '../../../src-shared/domain/training.ts';
import type { LoggedRun, RunLogs, RunLogWriter } from '../../backend/ports.ts';
import { jsonOrNull } from '../readers/file-parts.ts';
import { splitLines } from '../readers/lines.ts';

const LOG_FILE = 'events.jsonl';
const WRITE_EVERY_MS = 1000;

export const runLogs: RunLogs = { isIn: directory => existsSync(join(directory, LOG_FILE)), open, read };

/** A fault is told once, and ends the writing: the history has everything too. */
function open(
  directory: string,
  head: () => RunLogHead | null,
  now: () => Date,
  onFault: (reason: string) => void,
): RunLogWriter {
  const path = join(directory, LOG_FILE);
  let waiting: string[] = [];
  let hasFailed = false;
  const write = () => {
    if (waiting.length === 0 || hasFailed) return;
    const lines = waiting;
    waiting = [];
    try {
      mkdirSync(dirname(path), { recursive: true });
      const begin = existsSync(path) ? null : head();
      const first = begin === null ? [] : [JSON.stringify({ type: 'head', version: 1, ...begin })];
      appendFileSync(path, `${[...first, ...lines].join('\n')}\n`);
    } catch (error) {
      hasFailed = true;
      clearInterval(timer);
      onFault(error instanceof Error ? error.message : String(error));
    }
  };
  const timer = setInterval(write, WRITE_EVERY_MS);
  timer.unref();
  return {
    add(event: TrainingEvent) {
      // What would never be written is not kept either: a long run has millions of events.
      if (!hasFailed) waiting.push(JSON.stringify({ ...event, at: now().toISOString() }));
    },
    close: () => {
      clearInterval(timer);
      write();
    },
  };
}

/** Null where there is none that begins as a diary does. A line that breaks off or is damaged is counted and left out. */
async function read(directory: string, signal: AbortSignal): Promise<LoggedRun | null> {
  let head: RunLogHead | null = null;
  const lines: RunLogLine[] = [];
  let damagedLines = 0;
  for await (const { bytes } of splitLines(createReadStream(join(directory, LOG_FILE)))) {
    signal.throwIfAborted();
    const value = jsonOrNull(bytes.toString('utf8'));
    if (head === null) {
      const parsed = runLogHeadSchema.safeParse(value);
      if (!parsed.success) return null;
      const { type: _type, version: _version, ...rest } = parsed.data;
      head = rest;
      continue;
    }
    const parsed = runLogLineSchema.safeParse(value);
    if (parsed.success) lines.push(parsed.data);
    else damagedLines++;
  }
  return head === null ? null : { head, lines, damagedLines };
}
