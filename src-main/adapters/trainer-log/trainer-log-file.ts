/** The log of a run's trainers: `trainer.log` in its folder, of which the newest part stays. */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TrainerLog } from '../../../src-shared/domain/run.ts';
import type { TrainerLogs, TrainerLogWriter } from '../../backend/ports.ts';

const FILE = 'trainer.log';
/** A longer file loses its older half. */
const MOST_BYTES = 2 * 1024 * 1024;
/** So much of its end is shown. */
const SHOWN_BYTES = 64 * 1024;
const WRITE_EVERY_MS = 250;

export const trainerLogs: TrainerLogs = {
  open: directory => openTrainerLog(directory, MOST_BYTES),
  read: readTrainerLog,
};

/** For `trainerLogs`, and for tests with a smaller limit. */
export function openTrainerLog(directory: string, mostBytes: number): TrainerLogWriter {
  const path = join(directory, FILE);
  let waiting = '';
  let isOpen = true;
  let bytes = 0;
  const timer = setInterval(write, WRITE_EVERY_MS);
  timer.unref();

  function write(): void {
    if (waiting === '' || !isOpen) return;
    try {
      if (bytes === 0) {
        mkdirSync(directory, { recursive: true });
        bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      }
      appendFileSync(path, waiting);
      bytes += Buffer.byteLength(waiting);
      waiting = '';
      if (bytes > mostBytes) bytes = keepEnd(path, Math.floor(mostBytes / 2));
    } catch {
      // A full disk ends the log, never the run: that is told where the history or a checkpoint fails.
      end();
    }
  }

  function end(): void {
    clearInterval(timer);
    isOpen = false;
  }

  return {
    add(text) {
      if (isOpen) waiting += text;
    },
    close() {
      write();
      end();
    },
  };
}

function readTrainerLog(directory: string): TrainerLog {
  const path = join(directory, FILE);
  try {
    const { text, isCut } = readEnd(path, SHOWN_BYTES);
    return { path, lines: text.replace(/\n$/, '').split('\n'), isCut };
  } catch {
    return { path: null, lines: [], isCut: false };
  }
}

/** Under another name first: a process that ends meanwhile leaves a whole file. Gives the bytes that are left. */
function keepEnd(path: string, bytes: number): number {
  const kept = Buffer.from(readEnd(path, bytes).text);
  writeFileSync(`${path}.partial`, kept);
  renameSync(`${path}.partial`, path);
  return kept.length;
}

/** Whole lines, at most so many bytes from the end of a file. */
function readEnd(path: string, mostBytes: number): { readonly text: string; readonly isCut: boolean } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, mostBytes));
    const length = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString('utf8', 0, length);
    const isCut = size > buffer.length;
    return { text: isCut ? text.slice(text.indexOf('\n') + 1) : text, isCut };
  } finally {
    closeSync(file);
  }
}
