/** Why rows are left out, in words: what they lack, and what their owner can do about it. */
import { DROP_REASONS, type DropReason } from '../../../src-shared/domain/labels.ts';
import type { DatasetCounts } from './count-dataset.ts';
import { number } from './preflight-facts.ts';

const REASONS: Readonly<Record<DropReason, { readonly words: string; readonly advice: string }>> = {
  invalid: {
    words: 'cannot be read',
    advice:
      'Mend the rows at the lines named, or name their columns and roles in dataset.columns and dataset.roles.',
  },
  templateRefused: {
    words: 'were refused by the chat template',
    advice: 'Bring the messages into the order that the template asks for, or choose another template.',
  },
  spansUnproven: {
    words: 'have a trained part that cannot be proven',
    advice: 'Choose a template with {% generation %} tags, or masking by markers.',
  },
  noAssistant: {
    words: 'have no assistant message',
    advice: 'Add the answers to the data, or map the role that gives them to assistant in dataset.roles.',
  },
  noTrainableTokens: {
    words: 'have no trained token',
    advice: 'Add what the model is to learn, or choose another masking.strategy.',
  },
  truncated: {
    words: 'lose every trained token to the maximum length',
    advice: 'Raise collator.maxLength, or shorten what stands before the answers.',
  },
  duplicate: {
    words: 'repeat an earlier row',
    advice: 'Set dataset.duplicates to keep to train on them again.',
  },
};

const NAMED_PROBLEMS = 3;

/** The reason that took most rows, or null where none was dropped. */
export function mainReason(
  counts: DatasetCounts,
  reasons: readonly DropReason[] = DROP_REASONS,
): DropReason | null {
  let best: DropReason | null = null;
  for (const reason of reasons) {
    const { count } = counts.dropped[reason];
    if (count > 0 && (best === null || count > counts.dropped[best].count)) best = reason;
  }
  return best;
}

/** "3 cannot be read (row 4: no JSON; row 9: it is empty)." for each reason that occurs. */
export function describeReasons(counts: DatasetCounts, reasons: readonly DropReason[]): string {
  const parts = reasons
    .filter(reason => counts.dropped[reason].count > 0)
    .map(reason => {
      const all = counts.dropped[reason].count;
      return `${number(all)} ${wordsFor(reason, all)} (${describeProblems(counts, reason)})`;
    });
  return `${parts.join('; ')}.`;
}

/** The most frequent problems with the row where each was met first. */
export function describeProblems(counts: DatasetCounts, reason: DropReason): string {
  const problems = counts.problems[reason];
  const named = problems.slice(0, NAMED_PROBLEMS).map(({ text, firstRow, count }) => {
    const times = count === 1 ? '' : ` and ${number(count - 1)} more`;
    return `row ${firstRow}${times}: ${text.replace(/\.$/, '')}`;
  });
  return named.join('; ') + (problems.length > NAMED_PROBLEMS ? '; and others' : '');
}

export function wordsFor(reason: DropReason, count: number): string {
  const { words } = REASONS[reason];
  if (count !== 1) return words;
  return words
    .replace(/^have /, 'has ')
    .replace(/^were /, 'was ')
    .replace(/^lose /, 'loses ')
    .replace(/^repeat /, 'repeats ');
}

export function adviceFor(reason: DropReason): string {
  return REASONS[reason].advice;
}
