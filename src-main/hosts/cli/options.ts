/** What the options of all commands have in common, and how their values are read. */
import { type Command, CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import type { ExitCode } from './exit-codes.ts';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly home?: string;
  readonly debug?: boolean;
}

export type Action = (context: CommandContext) => Promise<ExitCode>;

/** Opens the backend and runs an action over it. */
export type Perform = (options: GlobalOptions, action: Action) => Promise<void>;

export function withGlobalOptions(command: Command): Command {
  return command
    .exitOverride()
    .option('--json', 'print JSON on standard output')
    .option('--home <directory>', 'the data folder: history, runs and caches')
    .option('--debug', 'show stack traces');
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new CommanderError(2, 'invalid', `${text} is not a whole number.`);
  return value;
}

export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new CommanderError(2, 'invalid', `${text} is not a number.`);
  return value;
}

export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** Reads one of a few words, in upper or lower case. */
export function oneOf<T extends string>(known: readonly T[]): (text: string) => T {
  return text => {
    const found = known.find(word => word.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    throw new CommanderError(2, 'invalid', `${text} is none of ${known.join(', ')}.`);
  };
}
