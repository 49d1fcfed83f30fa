/** The plots of a run on one horizontal axis, with one cursor and one zoom; or its steps as a table. */
import { useId, useMemo, useState } from 'react';
import { strings } from '../../strings.ts';
import { LossPlot } from './loss-plot.tsx';
import { PlotControls, type PlotView } from './plot-controls.tsx';
import { axisValues, fullRange } from './plot-data.ts';
import './plots.css';
import type { RecipeFacts } from './recipe-facts.ts';
import { isActive, type RunState, statusOf } from './run-state.ts';
import type { Hover, SharedPlot } from './shared-plot.ts';
import { SmallPlots } from './small-plots.tsx';
import { smoothSeries } from './smoothing.ts';
import { column, lastIndexAtMost } from './step-columns.ts';
import { StepTable } from './step-table.tsx';

interface RunPlotsProps {
  readonly run: RunState;
  readonly plannedSteps: number;
  readonly facts: RecipeFacts;
}

/** A short run has few steps to average over. */
function firstView(plannedSteps: number): PlotView {
  const smoothing = plannedSteps < 300 ? 0.6 : 0.9;
  return { smoothing, axis: 'step', isLog: false, isTable: false, zoom: null };
}

export function RunPlots({ run, plannedSteps, facts }: RunPlotsProps) {
  const { steps } = run;
  const [view, setView] = useState(() => firstView(plannedSteps));
  const [hover, setHover] = useState<Hover | null>(null);
  const syncKey = useId();
  const titleId = useId();
  const x = useMemo(() => axisValues(steps, view.axis), [steps, view.axis]);
  const smoothed = useMemo(
    () => smoothSeries(column(steps, 'loss'), view.smoothing),
    [steps, view.smoothing],
  );
  const full = fullRange(x, view.axis, isActive(statusOf(run)) ? plannedSteps : 0);
  const shared: SharedPlot = {
    x,
    view,
    range: view.zoom ?? full,
    syncKey,
    onZoom: zoom => setView(current => ({ ...current, zoom })),
    onResetZoom: () => setView(current => ({ ...current, zoom: null })),
  };

  return (
    <>
      <section className="card loss-card" aria-labelledby={titleId}>
        <div className="loss-head">
          <h2 id={titleId}>{view.isTable ? strings.run.tableTitle : strings.run.loss}</h2>
          {!view.isTable && <Legend hasEvaluations={run.evaluations.length > 0} />}
          <PlotControls view={view} full={full} onChange={setView} />
        </div>
        {view.isTable ? (
          <StepTable steps={steps} smoothed={smoothed} />
        ) : (
          <LossPlot
            run={run}
            shared={shared}
            smoothed={smoothed}
            hover={hover}
            onHover={place => setHover(place && { ...place, row: nearestRow(x, place.value) })}
          />
        )}
      </section>
      {!view.isTable && (
        <SmallPlots steps={steps} shared={shared} hoverRow={hover?.row ?? null} facts={facts} />
      )}
    </>
  );
}

function Legend({ hasEvaluations }: { readonly hasEvaluations: boolean }) {
  return (
    <ul className="legend">
      <li>
        <span className="legend-line legend-raw" aria-hidden="true" />
        {strings.run.legendRaw}
      </li>
      <li>
        <span className="legend-line legend-smooth" aria-hidden="true" />
        {strings.run.legendSmooth}
      </li>
      {hasEvaluations && (
        <li>
          <span className="legend-line legend-evaluation" aria-hidden="true" />
          {strings.run.legendEvaluation}
        </li>
      )}
    </ul>
  );
}

/** The row whose place on the axis is nearest; -1 where there are no rows. */
function nearestRow(x: Float64Array, value: number): number {
  const below = lastIndexAtMost(x, value);
  const above = Math.min(below + 1, x.length - 1);
  if (below < 0) return above;
  return (x[above] ?? 0) - value < value - (x[below] ?? 0) ? above : below;
}
