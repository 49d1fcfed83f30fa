/** How an export ends that was asked to stop. */
import { type CodedError, CodedException } from '../../../src-shared/contract/coded-error.ts';

/** Throws a CodedException. */
export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new CodedException(cancelled());
}

/** Native work cannot be stopped: it is left to itself, and ends with the process. Rejects with a CodedException. */
export function untilAsked<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new CodedException(cancelled()));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject);
  });
}

function cancelled(): CodedError {
  return {
    code: 'job.cancelled',
    title: 'The export was cancelled.',
    cause: 'It was asked to stop.',
    remedy: 'Start it again when you like.',
  };
}
