/** Every step in numbers: the plots' accessible alternative. Only the rows in view are in the document. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { StepMetric } from '../../../src-shared/domain/training.ts';
import { formatBytes, formatCount, formatLoss, formatRate, formatShort } from '../../format/numbers.ts';
import { formatElapsed } from '../../format/times.ts';
import { smoothedLoss, valueBetween } from '../../plots/smoothed-loss.ts';
import { strings } from '../../strings.ts';
import type { RunState } from './run-state.ts';
import { lossOf } from './step-columns.ts';
import { useStepRows } from './use-step-rows.ts';

const ROW_HEIGHT = 28;
const ROWS_AROUND = 10;

type Column = keyof typeof strings.run.columns;

const CELLS = {
  step: row => formatCount(row.step),
  epoch: row => row.epoch.toFixed(2),
  loss: row => formatLoss(row.loss),
  smoothed: (_, smoothed) => formatLoss(smoothed),
  learningRate: row => formatRate(row.learningRate),
  gradNorm: row => formatShort(row.gradNorm),
  trainableTokens: row => formatCount(row.trainableTokens),
  tokensPerSecond: row => formatShort(row.tokensPerSecond),
  memoryBytes: row => formatBytes(row.memoryBytes),
  elapsedMs: row => formatElapsed(row.elapsedMs),
} as const satisfies Record<Column, (row: StepMetric, smoothed: number) => string>;

const COLUMNS = Object.keys(CELLS) as readonly Column[];

interface StepTableProps {
  readonly run: RunState;
  readonly smoothing: number;
}

/** Newest step first, so that the latest is in view without scrolling. */
export function StepTable({ run, smoothing }: StepTableProps) {
  const [window, setWindow] = useState({ from: 0, to: 0 });
  const { count, rowAt } = useStepRows(run, window);
  const { rows, scroller, onScroll } = useVisibleRows(count);
  useEffect(() => setWindow({ from: rows.from, to: rows.to }), [rows.from, rows.to]);
  const { steps, means } = run;
  const smoothed = useMemo(() => smoothedLoss(lossOf(steps), means, smoothing), [steps, means, smoothing]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark of its own inside the card
    <div
      className="step-table"
      role="group"
      aria-label={strings.run.tableTitle}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      ref={scroller}
      onScroll={onScroll}
    >
      <table className="table" aria-label={strings.run.tableTitle} aria-rowcount={count + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map(name => (
              <th key={name} scope="col" className="num">
                {strings.run.columns[name]}
              </th>
            ))}
          </tr>
        </thead>
        <Spacer rows={rows.from} />
        <tbody>
          {Array.from({ length: rows.to - rows.from }, (_, i) => {
            const place = rows.from + i;
            const row = rowAt(place);
            return (
              <tr key={count - place} aria-rowindex={place + 2}>
                {COLUMNS.map(name => (
                  <td key={name} className="num">
                    {row === null ? strings.run.rowComes : CELLS[name](row, valueBetween(smoothed, row.step))}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
        <Spacer rows={count - rows.to} />
      </table>
    </div>
  );
}

/** Takes the height of the rows that are not in the document. */
function Spacer({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null;
  return (
    <tbody aria-hidden="true" className="step-spacer">
      <tr>
        <td colSpan={COLUMNS.length} style={{ height: rows * ROW_HEIGHT }} />
      </tr>
    </tbody>
  );
}

function useVisibleRows(count: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - ROWS_AROUND);
  const shown = Math.ceil(view.height / ROW_HEIGHT) + 2 * ROWS_AROUND;
  return {
    rows: { from: Math.min(first, count), to: Math.min(count, first + shown) },
    scroller,
    onScroll: () => {
      if (scroller.current)
        setView({ top: scroller.current.scrollTop, height: scroller.current.clientHeight });
    },
  };
}
