/** What a command prints: results on standard output, progress and errors on standard error. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { Progress } from '../../pipeline/job-results.ts';

export interface Output {
  readonly json: boolean;
  /** One JSON document (or one line of many) with `--json`. */
  document(value: unknown): Promise<void>;
  /** Text for people; nothing with `--json`. To be awaited where there are many lines. */
  text(text: string): Promise<void>;
  progress(progress: Progress): void;
  error(error: CodedError): void;
  /** What should be known and stops nothing; never part of the results. */
  notice(notice: CodedError): void;
}

const PROGRESS_EVERY_MS = 500;

export function createOutput(options: { json: boolean; debug: boolean }): Output {
  let shownAt = 0;
  return {
    json: options.json,
    document: value => write(`${JSON.stringify(value)}\n`),
    text: text => (options.json ? Promise.resolve() : write(`${text}\n`)),
    progress: ({ phase, done, total }) => {
      const now = Date.now();
      if (now - shownAt < PROGRESS_EVERY_MS) return;
      shownAt = now;
      const count = done === 0 ? '' : total === null ? ` ${done}` : ` ${done} of ${total}`;
      process.stderr.write(`${phase}${count}\n`);
    },
    error: error => {
      const { details, ...plain } = error;
      const shown = options.debug || !hasStack(details) ? error : plain;
      if (options.json) void write(`${JSON.stringify({ error: shown })}\n`);
      else process.stderr.write(asText(error, options.debug));
    },
    notice: notice => void process.stderr.write(asText(notice, options.debug)),
  };
}

/** Ctrl-C is heard at least so often while a fast reader takes everything at once. */
const CHARACTERS_PER_TURN = 1 << 18;
let sinceTurn = 0;

/** Waits where the reader is slower than the writer, so that memory does not grow. */
function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) return new Promise(resolve => process.stdout.once('drain', resolve));
  sinceTurn += text.length;
  if (sinceTurn < CHARACTERS_PER_TURN) return Promise.resolve();
  sinceTurn = 0;
  return new Promise(resolve => setImmediate(resolve));
}

function asText(error: CodedError, debug: boolean): string {
  const lines = [`${error.code}: ${error.title}`, error.cause, error.remedy];
  if (debug && hasStack(error.details)) lines.push(String((error.details as { stack: unknown }).stack));
  return `${lines.filter(line => line !== '').join('\n')}\n`;
}

function hasStack(details: unknown): boolean {
  return typeof details === 'object' && details !== null && 'stack' in details;
}
