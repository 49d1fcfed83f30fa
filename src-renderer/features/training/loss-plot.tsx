/** The loss: each step faint, smoothed on top, evaluations as points, and what was not finite as an event. */
import { useMemo } from 'react';
import type { Evaluation } from '../../../src-shared/domain/training.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { formatAxis, formatDecimals } from './axis-format.ts';
import { Plot } from './plot.tsx';
import { lossPlotData } from './plot-data.ts';
import type { HoverPlace, PlotLook, PlotMark } from './plot-options.ts';
import { summariseSeries } from './plot-summary.ts';
import { epochEnds, notFiniteSteps } from './run-log.ts';
import type { RunState } from './run-state.ts';
import type { Hover, SharedPlot } from './shared-plot.ts';
import { column, lastIndexAtMost, rowAt, type StepColumns } from './step-columns.ts';

interface LossPlotProps {
  readonly run: RunState;
  readonly shared: SharedPlot;
  readonly smoothed: Float64Array;
  readonly hover: Hover | null;
  onHover(place: HoverPlace | null): void;
}

export function LossPlot({ run, shared, smoothed, hover, onHover }: LossPlotProps) {
  const { steps, evaluations } = run;
  const { x, view, range, syncKey, onZoom, onResetZoom } = shared;
  const { axis, isLog, zoom } = view;
  const look = useMemo<PlotLook>(() => ({ ...LOOK, isLog, formatX: formatAxis[axis] }), [isLog, axis]);
  const data = useMemo(
    () => lossPlotData(steps, x, smoothed, evaluations, zoom),
    [steps, x, smoothed, evaluations, zoom],
  );
  const label = useMemo(() => summariseSeries(strings.run.loss, column(steps, 'loss'), formatLoss), [steps]);
  const marks = useMemo(() => marksOf(run, x), [run, x]);
  return (
    <div className="loss-plot">
      <Plot
        look={look}
        data={data}
        range={range}
        marks={marks}
        limit={null}
        syncKey={syncKey}
        label={label}
        onHover={onHover}
        onZoom={onZoom}
        onResetZoom={onResetZoom}
      />
      {hover && hover.row >= 0 && (
        <Reading steps={steps} smoothed={smoothed} evaluations={evaluations} hover={hover} />
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

const LOOK = {
  series: [
    { colour: 'raw', width: 1 },
    { colour: 'smooth', width: 1.75 },
    { colour: 'evaluation', width: 1.5, dash: [5, 3], isSparse: true },
  ],
  fromZero: false,
  axisWidth: 52,
  tickSpace: { x: 64, y: 44 },
  formatTicks: formatDecimals,
} as const satisfies Partial<PlotLook>;

function marksOf(run: RunState, x: Float64Array): readonly PlotMark[] {
  const stepNumbers = column(run.steps, 'step');
  /** A step behind the last has no place of its own yet; it follows at the usual distance. */
  const placeOf = (step: number) => {
    const row = lastIndexAtMost(stepNumbers, step);
    const beyond = step - (stepNumbers[row] ?? step);
    const distance = (x[row] ?? 0) - (x[row - 1] ?? 0);
    return (x[row] ?? 0) + beyond * distance;
  };
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
  readonly steps: StepColumns;
  readonly smoothed: Float64Array;
  readonly evaluations: readonly Evaluation[];
  readonly hover: Hover;
}

/** The numbers under the pointer. The table says the same to those who have none. */
function Reading({ steps, smoothed, evaluations, hover }: ReadingProps) {
  const row = rowAt(steps, hover.row);
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
        {words.smoothed} <b>{formatLoss(smoothed[hover.row] ?? Number.NaN)}</b>
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
