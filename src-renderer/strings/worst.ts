/** The sentences of the worst rows of a run. Numbers arrive formatted. */
import type { LossSplit } from '../../src-shared/domain/row-losses.ts';

const NAMES: Record<LossSplit, string> = { training: 'Training rows', validation: 'Validation rows' };

export const worstStrings = {
  title: 'Where it hurts',
  pageTitle: (name: string) => `Worst rows of ${name}`,
  loading: 'Worst rows',
  help: 'The loss of each row and token with the tuned model: wrong labels and rare cases stand out.',
  open: 'Find the worst rows',
  back: 'To the run',
  rowsOf: 'Rows of',
  splits: NAMES,
  measure: 'Measure the loss of each row',
  again: 'Measure again',
  cancel: 'Cancel',
  progress: 'Measuring',
  progressText: (phase: string, done: string, total: string) => `${phase}: ${done} of ${total}`,
  done: 'The losses are measured.',
  nothing: 'Nothing measured yet',
  nothingHelp:
    'Each row is read once by the tuned model, without training. It takes about as long as a third of an epoch, and is kept with the run.',
  allRows: (rows: string) => `${rows} rows, worst first`,
  sample: (rows: string, total: string) => `${rows} of ${total} rows, drawn at random, worst first`,
  mean: 'Mean loss per token',
  list: 'Worst rows',
  row: (row: string) => `Row ${row}`,
  part: (part: string) => `part ${part}`,
  trained: (trained: string) => (trained === '1' ? '1 token' : `${trained} tokens`),
  worstTokens: (tokens: string) => `Highest: ${tokens}`,
  histogram: (from: string, to: string, most: string, mostFrom: string, mostTo: string) =>
    `Rows by their loss, from ${from} to ${to}. Most, ${most}, lie between ${mostFrom} and ${mostTo}.`,
} as const;
