/** One measure of all runs in one plot, by step, time or tokens, as it is or relative to one of them. */
import { useId, useMemo, useRef, useState } from 'react';
import { formatLoss } from '../../format/numbers.ts';
import { formatDecimals } from '../../plots/axis-format.ts';
import { PlotControls, type PlotView } from '../../plots/plot-controls.tsx';
import { type MeasureLook, SeriesPlot } from '../../plots/series-plot.tsx';
import { compareStrings as strings } from '../../strings/compare.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { type ComparedRun, curveOf, type Measure, relativeTo } from './compare-runs.ts';
import { PictureButtons } from './picture-buttons.tsx';
import { type RunLook, runLooks, type Sweep } from './run-looks.ts';
import { useZoomedRuns } from './use-run-details.ts';

interface CompareCurvesProps {
  /** Those of one group stand together. */
  readonly runs: readonly ComparedRun[];
  readonly groups: Sweep | null;
}

export function CompareCurves({ runs, groups }: CompareCurvesProps) {
  const card = useRef<HTMLElement>(null);
  const looks = useMemo(() => runLooks(runs, groups), [runs, groups]);
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
  const look = useMemo(() => lookOf(looks, measure, baselineId === ''), [looks, measure, baselineId]);
  const nothing = measure === 'evaluation' && !isEvaluated;
  const full = useMemo(
    () => ({ from: 0, to: Math.max(1, ...runs.map(run => curveOf(run, 'loss', axis, 0).x.at(-1) ?? 0)) }),
    [runs, axis],
  );
  return (
    <section ref={card} className="card loss-card" aria-labelledby={titleId}>
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
      <div className="row row-wrap compare-legend-row">
        <Legend looks={looks} />
        {!nothing && (
          <PictureButtons
            picture={() => ({
              measure,
              axis,
              baseline: runs.find(({ id }) => id === baselineId)?.name ?? null,
              range: zoom ?? full,
              isLog: view.isLog && baselineId === '',
              looks,
              lines,
              runs,
              within: card.current,
            })}
          />
        )}
      </div>
      {nothing ? (
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
function lookOf(looks: readonly RunLook[], measure: Measure, mayBeLog: boolean): MeasureLook {
  return {
    series: looks.map(({ colour, dash }) => ({
      colour,
      dash,
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

function Legend({ looks }: { readonly looks: readonly RunLook[] }) {
  return (
    <ul className="legend compare-legend grow">
      {looks.map(({ id, label, variable, dash }) => (
        <li key={id}>
          <svg width="24" height="8" aria-hidden="true">
            <line
              x1="0"
              x2="24"
              y1="4"
              y2="4"
              strokeWidth="2"
              stroke={variable}
              strokeDasharray={dash.join(' ')}
            />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
