/** The loss: each step faint, smoothed on top, evaluations as points, and what was not finite as an event. */
import { useMemo } from 'react';
import type { Evaluation } from '../../../src-shared/domain/training.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { formatDecimals } from '../../plots/axis-format.ts';
import { nearestIndex, type PlotPoints } from '../../plots/plot-data.ts';
import type { HoverPlace, PlotMark } from '../../plots/plot-options.ts';
import { summariseSeries } from '../../plots/plot-summary.ts';
import { type MeasureLook, SeriesPlot, type SharedPlot } from '../../plots/series-plot.tsx';
import { valueBetween } from '../../plots/smoothed-loss.ts';
import { strings } from '../../strings.ts';
import { type DrawnPart, type MeasurePoints, useMeasurePoints } from './measure-points.ts';
import { epochEnds, notFiniteSteps } from './run-log.ts';
import type { RunState } from './run-state.ts';
import { column, type StepColumns } from './step-columns.ts';

interface LossPlotProps {
  readonly run: RunState;
  readonly drawn: DrawnPart;
  readonly shared: SharedPlot;
  /** Where any step of the run stands. */
  readonly placeOf: (step: number) => number;
  readonly smoothed: PlotPoints;
  readonly hover: HoverPlace | null;
  onHover(place: HoverPlace | null): void;
}

export function LossPlot({ run, drawn, shared, placeOf, smoothed, hover, onHover }: LossPlotProps) {
  const { evaluations } = run;
  const { steps } = drawn.part;
  const points = useMeasurePoints(drawn, 'loss');
  const lines = useMemo(
    () => [
      points,
      smoothed,
      {
        x: Float64Array.from(evaluations, ({ step }) => placeOf(step)),
        y: Float64Array.from(evaluations, ({ loss }) => loss),
      },
    ],
    [points, placeOf, smoothed, evaluations],
  );
  const label = useMemo(() => summariseSeries(strings.run.loss, points.y, formatLoss), [points]);
  const marks = useMemo(() => marksOf(run, placeOf), [run, placeOf]);
  const nearest = hover ? nearestIndex(points.x, hover.value) : -1;
  return (
    <div className="loss-plot">
      <SeriesPlot look={LOOK} lines={lines} shared={shared} label={label} marks={marks} onHover={onHover} />
      {hover && nearest >= 0 && (
        <Reading
          point={pointAt(points, steps, nearest)}
          smoothed={valueBetween(smoothed, points.x[nearest] ?? Number.NaN)}
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

interface Point {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
}

/** The epoch of a step that is not given lies between those of its neighbours. */
function pointAt({ step, y }: MeasurePoints, steps: StepColumns, index: number): Point {
  const at = step[index] ?? Number.NaN;
  const epochs = { x: column(steps, 'step'), y: column(steps, 'epoch') };
  return { step: at, epoch: valueBetween(epochs, at), loss: y[index] ?? Number.NaN };
}

interface ReadingProps {
  /** The one that is nearest to it. */
  readonly point: Point;
  readonly smoothed: number;
  readonly evaluations: readonly Evaluation[];
  readonly hover: HoverPlace;
}

/** The numbers under the pointer. The table says the same to those who have none. */
function Reading({ point, smoothed, evaluations, hover }: ReadingProps) {
  const words = strings.run.reading;
  const evaluation = evaluations.findLast(({ step }) => step <= point.step);
  return (
    <div
      className={hover.isRight ? 'reading is-left' : 'reading'}
      aria-hidden="true"
      style={{ left: hover.left }}
    >
      <div>
        {words.step} <b>{formatCount(point.step)}</b>
        {words.epoch(point.epoch.toFixed(2))}
        <br />
        {words.loss} <b>{formatLoss(point.loss)}</b>
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
