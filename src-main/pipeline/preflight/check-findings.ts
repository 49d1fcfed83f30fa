/** What was noticed in single rows, as checks: how many rows, which ones first, and what it means. */
import type { Finding } from '../../../src-shared/domain/conversation.ts';
import type { Check } from '../../../src-shared/domain/preflight.ts';

/** Rows per finding; `rows` holds the first few, to show. */
export type FindingCounts = ReadonlyMap<
  Finding,
  { readonly count: number; readonly rows: readonly number[] }
>;

/** Above this share of the examples, a finding that spoils labels blocks the launch instead of warning. */
const BLOCKING_SHARE = 0.3;

const MEANINGS: Readonly<Record<Finding, { title: string; cause: string; spoilsLabels: boolean }>> = {
  'data.imageIgnored': {
    title: 'hold images, which are left out',
    cause: 'Only text is trained; no image file is opened.',
    spoilsLabels: false,
  },
  'data.preference': {
    title: 'are preference data, of which only the chosen answer is used',
    cause: 'The rejected answers are never trained on.',
    spoilsLabels: false,
  },
  'data.placeholder': {
    title: 'still hold a placeholder such as {{name}}',
    cause: 'The model would learn to write it.',
    spoilsLabels: false,
  },
  'labels.contentLost': {
    title: 'hold trained text that the template does not show whole',
    cause: 'The template drops or rewrites a part of the message.',
    spoilsLabels: true,
  },
  'labels.onlyTerminator': {
    title: 'train their end token alone',
    cause: 'Their answers are empty, or the template does not show them.',
    spoilsLabels: true,
  },
  'labels.markerMissing': {
    title: 'do not hold the response marker',
    cause: 'Nothing of them is trained.',
    spoilsLabels: true,
  },
  'tokens.endNotTrained': {
    title: 'do not train the token that ends an answer',
    cause: 'The template prints none behind it, or the recipe leaves it out.',
    spoilsLabels: false,
  },
  'tokens.doubleBos': {
    title: 'begin with two begin tokens',
    cause: 'The template prints one, and so does the data.',
    spoilsLabels: false,
  },
  'tokens.headerTrained': {
    title: 'train a role header or an empty think block',
    cause: 'The trained part of the template begins before the answer.',
    spoilsLabels: false,
  },
  'tokens.specialInContent': {
    title: 'spell a special token in their text',
    cause: 'It stays text, unless template.parseSpecialInContent is true.',
    spoilsLabels: false,
  },
};

/** One check per finding that occurred. */
export function checkFindings(findings: FindingCounts, examples: number): Check[] {
  return [...findings].map(([id, { count, rows }]) => {
    const { title, cause, spoilsLabels } = MEANINGS[id];
    return {
      id,
      severity: spoilsLabels && count > examples * BLOCKING_SHARE ? 'error' : 'warning',
      title: `${count} of ${examples} rows ${title}.`,
      cause,
      count,
      rows: [...rows],
      fixes: [],
    };
  });
}

/**
 * The dataset's checks together with those of its findings, one per id: a check over the whole dataset
 * that fires wins, a finding wins over one that passes.
 */
export function withFindings(checks: readonly Check[], findings: readonly Check[]): Check[] {
  const fired = new Set(checks.filter(check => check.severity !== 'ok').map(check => check.id));
  const found = new Set(findings.map(check => check.id));
  return [
    ...checks.filter(check => fired.has(check.id) || !found.has(check.id)),
    ...findings.filter(check => !fired.has(check.id)),
  ];
}
