/** The loss: each step faint, smoothed on top, evaluations as points, and what was not finite as an event. */
import { useMemo } from 'react';
import type { Evaluation, StepMetric } from '../../../src-shared/domain/training.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { formatDecimals } from '../../plots/axis-format.ts';
import { nearestIndex, type PlotPoints } from '../../plots/plot-data.ts';
import type { HoverPlace, PlotMark } from '../../plots/plot-options.ts';
import { summariseSeries } from '../../plots/plot-summary.ts';
import { type MeasureLook, SeriesPlot, type SharedPlot } from '../../plots/series-plot.tsx';
import { valueBetween } from '../../plots/smoothed-loss.ts';
import { strings } from '../../strings.ts';
import { epochEnds, notFiniteSteps } from './run-log.ts';
import type { RunState } from './run-state.ts';
import { column, rowAt, type StepColumns } from './step-columns.ts';

interface LossPlotProps {
  readonly run: RunState;
  /** Those of the part that is shown. */
  readonly steps: StepColumns;
  readonly shared: SharedPlot;
  /** The steps' places on the horizontal axis. */
  readonly x: Float64Array;
  /** Where any step of the run stands. */
  readonly placeOf: (step: number) => number;
  readonly smoothed: PlotPoints;
  readonly hover: HoverPlace | null;
  onHover(place: HoverPlace | null): void;
}

export function LossPlot({ run, steps, shared, x, placeOf, smoothed, hover, onHover }: LossPlotProps) {
  const { evaluations } = run;
  const lines = useMemo(
    () => [
      { x, y: column(steps, 'loss') },
      smoothed,
      {
        x: Float64Array.from(evaluations, ({ step }) => placeOf(step)),
        y: Float64Array.from(evaluations, ({ loss }) => loss),
      },
    ],
    [steps, x, placeOf, smoothed, evaluations],
  );
  const label = useMemo(() => summariseSeries(strings.run.loss, column(steps, 'loss'), formatLoss), [steps]);
  const marks = useMemo(() => marksOf(run, placeOf), [run, placeOf]);
  const hoverRow = hover ? nearestIndex(x, hover.value) : -1;
  return (
    <div className="loss-plot">
      <SeriesPlot look={LOOK} lines={lines} shared={shared} label={label} marks={marks} onHover={onHover} />
      {hover && hoverRow >= 0 && (
        <Reading
          row={rowAt(steps, hoverRow)}
          smoothed={valueBetween(smoothed, x[hoverRow] ?? Number.NaN)}
          evaluations={evaluations}
          hover={hover}
        />
      )}
      {steps.length === 0 && (
        <div className="plot-waiting">
          <h3>{strings.run.waiting}</h3>
          <p className="soft">{strings.run.waitingHelp}</p>
        </div>
      )}
    </div>
  );
}

const LOOK: MeasureLook = {
  series: [
    { colour: 'raw', width: 1 },
    { colour: 'smooth', width: 1.75 },
    { colour: 'evaluation', width: 1.5, dash: [5, 3], isSparse: true },
  ],
  mayBeLog: true,
  fromZero: false,
  axisWidth: 52,
  tickSpace: { x: 64, y: 44 },
  format: formatLoss,
  formatTicks: formatDecimals,
};

function marksOf(run: RunState, placeOf: (step: number) => number): readonly PlotMark[] {
  return [
    ...epochEnds(run.steps).map(({ step }) => ({ at: placeOf(step), label: null, colour: 'faint' }) as const),
    ...notFiniteSteps(run).map(
      step =>
        ({
          at: placeOf(step),
          label: strings.run.notFiniteMark(formatCount(step)),
          colour: 'error',
        }) as const,
    ),
  ];
}

interface ReadingProps {
  /** The step that is nearest to it. */
  readonly row: StepMetric;
  readonly smoothed: number;
  readonly evaluations: readonly Evaluation[];
  readonly hover: HoverPlace;
}

/** The numbers under the pointer. The table says the same to those who have none. */
function Reading({ row, smoothed, evaluations, hover }: ReadingProps) {
  const words = strings.run.reading;
  const evaluation = evaluations.findLast(({ step }) => step <= row.step);
  return (
    <div
      className={hover.isRight ? 'reading is-left' : 'reading'}
      aria-hidden="true"
      style={{ left: hover.left }}
    >
      <div>
        {words.step} <b>{formatCount(row.step)}</b>
        {words.epoch(row.epoch.toFixed(2))}
        <br />
        {words.loss} <b>{formatLoss(row.loss)}</b>
        {words.smoothed} <b>{formatLoss(smoothed)}</b>
        {evaluation && (
          <>
            <br />
            {words.evaluation(formatCount(evaluation.step))} <b>{formatLoss(evaluation.loss)}</b>
          </>
        )}
      </div>
    </div>
  );
}
