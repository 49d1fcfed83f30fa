/** Whether an export that was loaded again is what it should be. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import type { PredictionsVerification } from '../../../src-shared/domain/export.ts';

/** The same numbers added in another order differ by less, in nats. */
const EQUAL_WITHIN = 1e-3;

/** Null where it is. A rounded export must predict at all; how closely is for the user to judge. Error: `export.differs`. */
export function judgeVerification(
  verification: PredictionsVerification,
  mustBeEqual: boolean,
): CodedError | null {
  const { largestDifference } = verification;
  const isFine = mustBeEqual ? largestDifference <= EQUAL_WITHIN : Number.isFinite(largestDifference);
  if (isFine) return null;
  return {
    code: 'export.differs',
    title: 'The export does not predict what base and adapter do.',
    cause: mustBeEqual
      ? `A log probability differs by ${largestDifference}, more than ${EQUAL_WITHIN}.`
      : 'Loaded again, it predicts values that are no numbers.',
    remedy: 'The files were not kept. Report this with the model and the format.',
    details: verification,
  };
}
