/** Exit codes of the command line: 0 done · 1 failed · 2 refused · 130 interrupted. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';

export const EXIT = { done: 0, failed: 1, refused: 2, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Refused: nothing was tried, because of what was asked for. */
const REFUSED = [
  'again.',
  'erase.',
  'recipe.',
  'sql.readOnly',
  'sql.oneStatement',
  'sql.invalid',
  'import.',
  'arguments.',
  'preflight.',
  'labels.',
  'model.vocabOnly',
  'model.untrainable',
  'run.notFound',
  'run.noAdapter',
  'export.',
  'settings.invalid',
];

export function exitCodeOf(error: CodedError): ExitCode {
  if (error.code === 'job.cancelled') return EXIT.interrupted;
  return REFUSED.some(prefix => error.code.startsWith(prefix)) ? EXIT.refused : EXIT.failed;
}
