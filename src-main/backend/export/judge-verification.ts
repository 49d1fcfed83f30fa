/** Whether an export that was loaded again is what it should be. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { ExportVerification } from '../../../src-shared/domain/export.ts';

/** The same numbers computed in another order differ by less, in nats. */
const EQUAL_WITHIN = 1e-3;

/** Null where it is. Not a number is no agreement. Error: `export.differs`. */
export function judgeVerification(verification: ExportVerification): CodedError | null {
  if (verification.largestDifference <= EQUAL_WITHIN) return null;
  return {
    code: 'export.differs',
    title: 'The export does not predict what base and adapter do.',
    cause: `A log probability differs by ${verification.largestDifference}, more than ${EQUAL_WITHIN}.`,
    remedy: 'The files were not kept. Report this with the model and the format.',
    details: verification,
  };
}
