/** The columns of the table of runs: how wide each is, what sorts it, and what stands in it. */
import type { ReactNode } from 'react';
import type { RunSummary } from '../../../src-shared/domain/run.ts';
import type { RunSortKey } from '../../../src-shared/domain/run-list.ts';
import type { RunColumn } from '../../../src-shared/domain/run-view.ts';
import { formatBytes, formatCount, formatLarge, formatLoss, formatRate } from '../../format/numbers.ts';
import { formatElapsed, formatStarted } from '../../format/times.ts';
import { historyStrings as strings } from '../../strings/history.ts';
import { RunStatusWord } from '../../ui/run-status.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';

interface ColumnLook {
  /** At least; those that grow share what is left. */
  readonly widthPx: number;
  readonly grows?: boolean;
  readonly isNumber?: boolean;
  /** Null where no order makes sense. */
  readonly sortKey: RunSortKey | null;
  /** For numbers and dates the first click shows the newest, longest or most. A loss is best when low. */
  readonly isDescendingFirst?: boolean;
  cell(run: RunSummary): ReactNode;
}

const orNone = (value: number | null, format: (value: number) => string) =>
  value === null ? strings.none : format(value);

const number = (sortKey: RunSortKey, widthPx: number, cell: ColumnLook['cell']): ColumnLook => ({
  widthPx,
  isNumber: true,
  sortKey,
  isDescendingFirst: true,
  cell,
});
const loss = (sortKey: RunSortKey, widthPx: number, cell: ColumnLook['cell']): ColumnLook => ({
  ...number(sortKey, widthPx, cell),
  isDescendingFirst: false,
});

/** The name is a link, which the table makes. */
export const RUN_COLUMN_LOOKS: Readonly<Record<Exclude<RunColumn, 'name'>, ColumnLook>> = {
  status: {
    widthPx: 112,
    sortKey: 'status',
    cell: ({ status, paused }) => <RunStatusWord status={status} isPaused={paused} />,
  },
  sparkline: { widthPx: 88, sortKey: null, cell: ({ sparkline }) => <Sparkline points={sparkline} /> },
  lastLoss: loss('lastLoss', 126, run =>
    [run.firstLoss, run.lastLoss].map(value => orNone(value, formatLoss)).join(' → '),
  ),
  lastEvaluationLoss: loss('lastEvaluationLoss', 80, run => orNone(run.lastEvaluationLoss, formatLoss)),
  bestEvaluationLoss: loss('bestEvaluationLoss', 80, run => orNone(run.bestEvaluationLoss, formatLoss)),
  stepsDone: number('stepsDone', 108, run =>
    run.stepsDone === run.plannedSteps
      ? formatCount(run.stepsDone)
      : [run.stepsDone, run.plannedSteps].map(formatCount).join(' / '),
  ),
  modelName: { widthPx: 96, grows: true, sortKey: 'modelName', cell: run => run.modelName },
  dataName: { widthPx: 88, grows: true, sortKey: 'dataName', cell: run => run.dataName },
  masking: { widthPx: 86, sortKey: 'masking', cell: run => run.masking },
  rank: number('rank', 54, run => orNone(run.rank, formatCount)),
  alpha: number('alpha', 68, run => orNone(run.alpha, String)),
  learningRate: number('learningRate', 72, run => orNone(run.learningRate, formatRate)),
  epochs: number('epochs', 74, run => orNone(run.epochs, String)),
  examplesPerStep: number('examplesPerStep', 82, run => orNone(run.examplesPerStep, formatCount)),
  trainedTokens: number('trainedTokens', 84, run => formatLarge(run.trainedTokens)),
  memoryBytes: number('memoryBytes', 88, run => orNone(run.memoryBytes, formatBytes)),
  durationMs: number('durationMs', 76, run => orNone(run.durationMs, formatElapsed)),
  tags: {
    widthPx: 76,
    sortKey: null,
    cell: ({ tags }) => (
      <span className="row tag-row">
        {tags.map(tag => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
      </span>
    ),
  },
  createdAt: {
    widthPx: 124,
    sortKey: 'createdAt',
    isDescendingFirst: true,
    cell: ({ createdAt }) => <time dateTime={createdAt}>{formatStarted(createdAt, new Date())}</time>,
  },
};

export const NAME_LOOK = { widthPx: 130, grows: true, sortKey: 'name' } as const;
