/** One measure of all runs in one plot, by step, time or tokens, as it is or relative to one of them. */
import { useId, useMemo, useState } from 'react';
import type { RunDetails } from '../../../src-shared/domain/run.ts';
import { formatLoss } from '../../format/numbers.ts';
import { formatDecimals } from '../../plots/axis-format.ts';
import type { PlotColour } from '../../plots/plot-colours.ts';
import { PlotControls, type PlotView } from '../../plots/plot-controls.tsx';
import type { PlotSeries } from '../../plots/plot-options.ts';
import { type MeasureLook, SeriesPlot } from '../../plots/series-plot.tsx';
import { compareStrings as strings } from '../../strings/compare.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { type ComparedRun, curveOf, type Measure, relativeTo } from './compare-runs.ts';
import { useZoomedRuns } from './use-run-details.ts';

const COLOURS: readonly PlotColour[] = ['smooth', 'second', 'third', 'fourth', 'fifth'];
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

/** Neighbours differ by colour and dash; twenty runs go by before a pair comes again. */
function lineOf(place: number): Pick<PlotSeries, 'colour' | 'dash'> {
  return { colour: COLOURS[place % COLOURS.length] ?? 'smooth', dash: DASHES[place % DASHES.length] ?? [] };
}

export function CompareCurves({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const isEvaluated = runs.some(({ evaluations }) => evaluations.length > 0);
  const [measure, setMeasure] = useState<Measure>(isEvaluated ? 'evaluation' : 'loss');
  const [baselineId, setBaselineId] = useState('');
  const [view, setView] = useState<PlotView>(FIRST_VIEW);
  const syncKey = useId();
  const titleId = useId();
  const { axis, smoothing, zoom } = view;
  const shown = useZoomedRuns(runs, axis, zoom);
  const lines = useMemo(() => {
    const curves = shown.map(run => curveOf(run, measure, axis, smoothing));
    const baseline = curves[runs.findIndex(({ id }) => id === baselineId)];
    return baseline ? curves.map(curve => relativeTo(curve, baseline)) : curves;
  }, [runs, shown, measure, axis, smoothing, baselineId]);
  const look = useMemo(() => lookOf(runs.length, measure, baselineId === ''), [runs, measure, baselineId]);
  const full = useMemo(
    () => ({ from: 0, to: Math.max(1, ...runs.map(run => curveOf(run, 'loss', axis, 0).x.at(-1) ?? 0)) }),
    [runs, axis],
  );
  return (
    <section className="card loss-card" aria-labelledby={titleId}>
      <div className="loss-head">
        <h2 id={titleId}>{strings.curves}</h2>
        <Segmented
          label={strings.measure}
          value={measure}
          options={(['evaluation', 'loss'] as const).map(value => ({
            value,
            label: strings.measures[value],
          }))}
          onChange={value => setMeasure(value)}
        />
        <label className="row small soft field compare-baseline">
          {strings.baseline}
          <select value={baselineId} onChange={event => setBaselineId(event.target.value)}>
            <option value="">{strings.noBaseline}</option>
            {runs.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <PlotControls view={view} full={full} hasTable={false} onChange={setView} />
      </div>
      <Legend runs={runs} />
      {measure === 'evaluation' && !isEvaluated ? (
        <p className="soft compare-nothing">{strings.nothingMeasured}</p>
      ) : (
        <div className="loss-plot compare-plot">
          <SeriesPlot
            look={look}
            lines={lines}
            label={strings.plot(strings.measures[measure], runs.map(({ name }) => name).join(', '))}
            shared={{
              view,
              range: zoom ?? full,
              syncKey,
              onZoom: part => setView(current => ({ ...current, zoom: part })),
              onResetZoom: () => setView(current => ({ ...current, zoom: null })),
            }}
          />
        </div>
      )}
    </section>
  );
}

const FIRST_VIEW: PlotView = {
  smoothing: 0.6,
  axis: 'step',
  isLog: false,
  isClipped: false,
  isTable: false,
  zoom: null,
};

/** A difference may be negative, which a logarithm has no place for. */
function lookOf(count: number, measure: Measure, mayBeLog: boolean): MeasureLook {
  return {
    series: Array.from({ length: count }, (_, place) => ({
      ...lineOf(place),
      width: 1.75,
      isSparse: measure === 'evaluation',
    })),
    mayBeLog,
    fromZero: false,
    axisWidth: 52,
    tickSpace: { x: 64, y: 44 },
    format: formatLoss,
    formatTicks: formatDecimals,
  };
}

const SERIES_VARIABLES = COLOURS.map((_, i) => `var(--series-${i + 1})`);

function Legend({ runs }: { readonly runs: readonly RunDetails[] }) {
  return (
    <ul className="legend compare-legend">
      {runs.map((run, place) => (
        <li key={run.id}>
          <svg width="24" height="8" aria-hidden="true">
            <line
              x1="0"
              x2="24"
              y1="4"
              y2="4"
              strokeWidth="2"
              stroke={SERIES_VARIABLES[place % COLOURS.length]}
              strokeDasharray={lineOf(place).dash?.join(' ')}
            />
          </svg>
          {run.name}
        </li>
      ))}
    </ul>
  );
}
