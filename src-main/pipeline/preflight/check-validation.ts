/** Rows of a validation file that cannot be evaluated: they are in no other count. */

import { DROP_REASONS } from '../../../src-shared/domain/labels.ts';
import type { Check } from '../../../src-shared/domain/preflight.ts';
import type { DatasetCounts } from './count-dataset.ts';
import { adviceFor, describeReasons, mainReason } from './drop-reasons.ts';
import { fires, number, passes } from './preflight-facts.ts';

/** Those that are in the training data too are told of with the duplicates. */
const REASONS = DROP_REASONS.filter(reason => reason !== 'duplicate');

/** `counts`: of the rows of the validation file alone. No row is listed, since rows are counted in the data. */
export function checkValidation(counts: DatasetCounts): Check {
  const left = REASONS.reduce((sum, reason) => sum + counts.dropped[reason].count, 0);
  const reason = mainReason(counts, REASONS);
  if (reason === null)
    return { ...passes('data.validation', 'Every row of the validation file can be evaluated.'), fixes: [] };
  const nothing = counts.kept === 0 ? ' None remains, so nothing is evaluated.' : '';
  return {
    ...fires(
      'data.validation',
      'warning',
      `${number(left)} of ${number(counts.examples)} rows of the validation file ${left === 1 ? 'is' : 'are'} left out.`,
      `In that file ${describeReasons(counts, REASONS)}${nothing} ${adviceFor(reason)}`,
      { count: left, rows: [] },
    ),
    fixes: [],
  };
}
