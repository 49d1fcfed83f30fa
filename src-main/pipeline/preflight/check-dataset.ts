/** What the counts over the whole dataset say: the preflight checks of the data itself. */
import type { DropReason } from '../../../src-shared/domain/labels.ts';
import type { Check } from '../../../src-shared/domain/preflight.ts';

/** Counts over every row; `rows` holds the first few of each kind, to show. */
export interface DatasetCounts {
  readonly examples: number;
  readonly kept: number;
  readonly trainableTokens: number;
  readonly truncatedExamples: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly droppedRows: Readonly<Record<DropReason, readonly number[]>>;
  /** The first row's problem of each kind, in words. */
  readonly droppedProblems: Readonly<Record<DropReason, string>>;
  readonly truncatedRows: readonly number[];
  readonly trainingExamples: number;
  readonly endTrainedExamples: number;
}

/** Above this share, rows that cannot be trained on block the launch instead of warning. */
const BLOCKING_SHARE = 0.3;

const REASONS: Readonly<Record<DropReason, string>> = {
  invalid: 'cannot be read',
  templateRefused: 'were refused by the chat template',
  spansUnproven: 'have a trained part that cannot be proven',
  noAssistant: 'have no assistant message',
  noTrainableTokens: 'have no trained token',
  truncated: 'lose every trained token to the maximum length',
  duplicate: 'repeat an earlier row',
};

export function checkDataset(counts: DatasetCounts): Check[] {
  const checks = [
    labelsNone(counts),
    dataInvalid(counts),
    rowsEmpty(counts),
    truncated(counts),
    endNotTrained(counts),
  ];
  return worstFirst(checks);
}

/** The order in which checks are shown; equal ones keep theirs. */
export function worstFirst(checks: readonly Check[]): Check[] {
  const rank = { error: 0, warning: 1, info: 2, ok: 3 } as const;
  return [...checks].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** The reason that took most rows, or null where none was dropped. */
export function mainReason(counts: DatasetCounts): DropReason | null {
  let best: DropReason | null = null;
  for (const [reason, count] of Object.entries(counts.dropped) as [DropReason, number][]) {
    if (count > 0 && (best === null || count > counts.dropped[best])) best = reason;
  }
  return best;
}

function labelsNone(counts: DatasetCounts): Check {
  const base = { id: 'labels.none', count: counts.trainableTokens, rows: [], fixes: [] };
  if (counts.trainableTokens > 0 && counts.trainingExamples > 0) {
    return {
      ...base,
      severity: 'ok',
      title: `${counts.trainableTokens.toLocaleString('en-US')} tokens are trained.`,
      cause: `${counts.kept} of ${counts.examples} examples have labels.`,
    };
  }
  return {
    ...base,
    severity: 'error',
    title: `0 of ${counts.examples} examples have trained tokens.`,
    cause: causeOfNone(counts),
    count: counts.examples,
    rows: firstDroppedRows(counts),
  };
}

function causeOfNone(counts: DatasetCounts): string {
  if (counts.examples === 0) return 'The file has no rows.';
  const reason = mainReason(counts);
  if (reason === null) return 'No example is left to train on: all are held back for validation.';
  const share = `${counts.dropped[reason]} of ${counts.examples} rows ${REASONS[reason]}.`;
  return `${share} For example: ${counts.droppedProblems[reason]}`;
}

function dataInvalid(counts: DatasetCounts): Check {
  return share(counts, 'data.invalid', ['invalid'], 'can be read', 'cannot be read');
}

function rowsEmpty(counts: DatasetCounts): Check {
  const reasons = [
    'templateRefused',
    'spansUnproven',
    'noAssistant',
    'noTrainableTokens',
    'truncated',
  ] as const;
  return share(counts, 'labels.rowEmpty', reasons, 'have trained tokens', 'have no trained token');
}

function share(
  counts: DatasetCounts,
  id: string,
  reasons: readonly DropReason[],
  good: string,
  bad: string,
): Check {
  const count = reasons.reduce((sum, reason) => sum + counts.dropped[reason], 0);
  if (count === 0) {
    return { id, severity: 'ok', title: `All rows ${good}.`, cause: '', count: 0, rows: [], fixes: [] };
  }
  const parts = reasons
    .filter(reason => counts.dropped[reason] > 0)
    .map(reason => `${counts.dropped[reason]} ${REASONS[reason]} (${counts.droppedProblems[reason]})`);
  return {
    id,
    severity: count > counts.examples * BLOCKING_SHARE ? 'error' : 'warning',
    title: `${count} of ${counts.examples} rows ${bad}.`,
    cause: `They are left out: ${parts.join('; ')}.`,
    count,
    rows: reasons.flatMap(reason => counts.droppedRows[reason]).slice(0, SHOWN_ROWS),
    fixes: [],
  };
}

function truncated(counts: DatasetCounts): Check {
  const count = counts.truncatedExamples;
  return {
    id: 'length.truncated',
    severity: count === 0 ? 'ok' : 'warning',
    title: count === 0 ? 'No example is cut.' : `${count} of ${counts.examples} examples are cut.`,
    cause: count === 0 ? '' : 'They are longer than collator.maxLength.',
    count,
    rows: counts.truncatedRows.slice(0, SHOWN_ROWS),
    fixes: [],
  };
}

function endNotTrained(counts: DatasetCounts): Check {
  const missing = counts.kept > 0 && counts.endTrainedExamples === 0;
  return {
    id: 'tokens.endNotTrained',
    severity: missing ? 'warning' : 'ok',
    title: missing ? 'No end token is trained.' : 'The end of the answers is trained.',
    cause: missing ? 'The model would never learn to stop.' : '',
    count: missing ? counts.kept : 0,
    rows: [],
    fixes: [],
  };
}

/** How many rows a check lists at most; `count` says how many there are. */
export const SHOWN_ROWS = 20;

function firstDroppedRows(counts: DatasetCounts): number[] {
  return Object.values(counts.droppedRows)
    .flat()
    .sort((a, b) => a - b)
    .slice(0, SHOWN_ROWS);
}
