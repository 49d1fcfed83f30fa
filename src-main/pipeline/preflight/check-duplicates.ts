/** Rows that say the same, within the data and across data and validation, as a preflight check. */
import type { Check } from '../../../src-shared/domain/preflight.ts';
import type { DuplicateCounts } from '../duplicates/split-dataset.ts';
import { number } from './preflight-facts.ts';

/** `treatment` is the recipe's word for what happens to repeated rows. */
export function checkDuplicates(counts: DuplicateCounts, treatment: 'keep' | 'drop'): Check {
  const { repeated, overlapping } = counts;
  const base = { id: 'data.duplicates', count: repeated.count + overlapping.count };
  if (base.count === 0) {
    return { ...base, severity: 'ok', title: 'No row repeats another.', cause: '', rows: [], fixes: [] };
  }
  const isTrainedAgain = repeated.count > 0 && treatment === 'keep';
  const findings = [
    ...(repeated.count > 0 ? [describeRepeated(counts, treatment)] : []),
    ...(overlapping.count > 0 ? [describeOverlapping(counts)] : []),
  ];
  return {
    ...base,
    severity: isTrainedAgain || overlapping.count > 0 ? 'warning' : 'info',
    title: `${findings.map(({ title }) => title).join('; ')}.`,
    cause: `${findings.map(({ cause }) => cause).join(' ')} White space and Unicode form make no difference.`,
    rows: [...(repeated.count > 0 ? repeated.rows : overlapping.rows)],
    fixes: isTrainedAgain ? [dropFix(counts, base.count)] : [],
  };
}

interface Finding {
  readonly title: string;
  readonly cause: string;
}

function describeRepeated({ dataRows, repeated }: DuplicateCounts, treatment: 'keep' | 'drop'): Finding {
  return {
    title: `${number(repeated.count)} of ${number(dataRows)} rows ${repeated.count === 1 ? 'repeats' : 'repeat'} an earlier one`,
    cause:
      treatment === 'keep'
        ? 'They are trained as often as they are there, since dataset.duplicates is keep.'
        : 'They are left out, since dataset.duplicates is drop.',
  };
}

function describeOverlapping({ overlapping, validationRows }: DuplicateCounts): Finding {
  const { count } = overlapping;
  return {
    title: `${number(count)} of ${number(validationRows)} validation rows ${count === 1 ? 'is' : 'are'} in the training data too`,
    cause:
      count === validationRows
        ? 'They are left out of the evaluation. None remains, so nothing is evaluated.'
        : 'They are left out of the evaluation.',
  };
}

/** The rows stay counted; left out, they are only told of. */
function dropFix(
  { repeated, overlapping, dataRows }: DuplicateCounts,
  count: number,
): Check['fixes'][number] {
  return {
    id: 'duplicates.drop',
    label: `Leave out ${number(repeated.count)} repeated ${repeated.count === 1 ? 'row' : 'rows'}`,
    set: { 'dataset.duplicates': 'drop' },
    promise: {
      severity: overlapping.count > 0 ? 'warning' : 'info',
      count,
      tried: dataRows,
      examples: dataRows,
    },
  };
}
