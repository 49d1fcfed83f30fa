/** What starts a child process; one adapter for plain Node, one for Electron. */
import type { ProcessExit } from '../../../src-shared/domain/run.ts';
import type { ChildMessage, ParentMessage, ProcessEntry } from '../../processes/protocol.ts';

export interface ChildHandle {
  readonly pid: number | null;
  send(message: ParentMessage): void;
  /** The messages in order; called for each until the exit. */
  onMessage(listener: (message: ChildMessage) => void): void;
  /** What it writes, as it comes: pieces of any length, not lines. */
  onOutput(listener: (text: string) => void): void;
  /** Called once, when the child is gone and everything that it wrote was read. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** Ends the child at once. Idempotent. */
  kill(): void;
}

export interface ProcessLauncher {
  launch(entry: ProcessEntry): ChildHandle;
}

/** Keeps the last lines of a stream: what a dead process last said. */
export class LastLines {
  readonly #limit: number;
  #lines: string[] = [];
  #rest = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: string): void {
    const parts = (this.#rest + chunk).split('\n');
    this.#rest = (parts.pop() ?? '').slice(-10_000);
    this.#lines = [...this.#lines, ...parts].slice(-this.#limit);
  }

  get lines(): string[] {
    return this.#rest === '' ? [...this.#lines] : [...this.#lines, this.#rest].slice(-this.#limit);
  }
}

export const LAST_LINES = 50;

/** node-llama-cpp must never try to build or download. */
export const CHILD_ENVIRONMENT = { NODE_LLAMA_CPP_SKIP_DOWNLOAD: 'true' } as const;
