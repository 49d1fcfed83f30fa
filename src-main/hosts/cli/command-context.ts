/** What every command of the command line is given. */
import type { BackendParts } from '../../backend/backend-parts.ts';
import type { Output } from './output.ts';

export interface CommandContext {
  readonly parts: BackendParts;
  readonly output: Output;
  /** Ctrl-C aborts it. */
  readonly signal: AbortSignal;
  readonly directory: string;
  readonly rendererDirectory: string;
  /** An absolute path, from the caller's folder. */
  at(path: string): string;
}
