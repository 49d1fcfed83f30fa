/** What a run that repeats another one found, in a few words for the command line. */
import type { AdapterComparison, Repetition } from '../../../src-shared/domain/repetition.ts';
import { INPUT_NAMES } from '../../backend/compare-inputs.ts';

const NOT_COMPARED = {
  ended: 'Not compared with the original: this run did not come to its end.',
  originalEnded: 'Not compared with the original: that run did not come to its end.',
  originalGone: 'Not compared with the original: it is not in the history any more.',
  fileMissing: 'Not compared with the original: its adapter file is not there any more.',
} as const;

/** One sentence after another: the adapter, the steps, and what had changed. */
export function repetitionText({
  adapter,
  steps,
  changedInputs,
  changedVersions,
  isOriginalExtended,
}: Repetition): string {
  const { compared, firstDifferent } = steps;
  return [
    adapterText(adapter),
    firstDifferent !== null
      ? `The first step with another loss or gradient norm is ${firstDifferent}.`
      : compared > 0
        ? `${compared} steps have the same loss and gradient norm.`
        : '',
    isOriginalExtended === true ? 'The original was extended, and this run was trained in one go.' : '',
    changedInputs.length === 0
      ? ''
      : `Changed on the disk: ${changedInputs.map(name => INPUT_NAMES[name]).join(', ')}.`,
    changedVersions.length === 0
      ? ''
      : `Other versions: ${changedVersions.map(({ name, before, now }) => `${name} ${before} → ${now}`).join(', ')}.`,
  ]
    .filter(sentence => sentence !== '')
    .join(' ');
}

function adapterText(adapter: AdapterComparison): string {
  switch (adapter.kind) {
    case 'same':
      return `The adapter is byte for byte the same as the original's (${adapter.bytes} bytes, SHA-256 ${adapter.sha256}).`;
    case 'different': {
      const { matrices, differing, largestDifference } = adapter;
      if (matrices === 0) return 'The adapter is not the same, and one of the two files cannot be read.';
      const distance = largestDifference === null ? '' : `, by at most ${largestDifference.toExponential(2)}`;
      return `The adapter is not the same: ${differing} of ${matrices} matrices differ${distance}.`;
    }
    default:
      return NOT_COMPARED[adapter.reason];
  }
}
