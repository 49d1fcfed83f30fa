/** The plots of a run on one horizontal axis, with one cursor and one zoom; or its steps as a table. */
import { useId, useMemo, useState } from 'react';
import { PlotControls, type PlotView } from '../../plots/plot-controls.tsx';
import type { PlotPoints } from '../../plots/plot-data.ts';
import type { HoverPlace } from '../../plots/plot-options.ts';
import type { SharedPlot } from '../../plots/series-plot.tsx';
import { smoothedLoss } from '../../plots/smoothed-loss.ts';
import { strings } from '../../strings.ts';
import { LossPlot } from './loss-plot.tsx';
import type { RecipeFacts } from './recipe-facts.ts';
import { axisValues, fullRange, placesOf } from './run-axis.ts';
import { isActive, type RunState, statusOf } from './run-state.ts';
import { SmallPlots } from './small-plots.tsx';
import { lossOf } from './step-columns.ts';
import { StepTable } from './step-table.tsx';
import { useShownPart } from './use-shown-part.ts';

interface RunPlotsProps {
  readonly run: RunState;
  readonly plannedSteps: number;
  readonly facts: RecipeFacts;
}

/** A short run has few steps to average over. */
function firstView(plannedSteps: number): PlotView {
  const smoothing = plannedSteps < 300 ? 0.6 : 0.9;
  return { smoothing, axis: 'step', isLog: false, isClipped: false, isTable: false, zoom: null };
}

export function RunPlots({ run, plannedSteps, facts }: RunPlotsProps) {
  const { steps } = run;
  const [view, setView] = useState(() => firstView(plannedSteps));
  const [hover, setHover] = useState<HoverPlace | null>(null);
  const syncKey = useId();
  const titleId = useId();
  const wholeX = useMemo(() => axisValues(steps, view.axis), [steps, view.axis]);
  const part = useShownPart(run, view.axis, view.zoom);
  const x = useMemo(() => axisValues(part.steps, view.axis), [part, view.axis]);
  const placeInPart = useMemo(() => placesOf(part.steps, x), [part, x]);
  const smoothed = useMemo((): PlotPoints => {
    const { x: at, y } = smoothedLoss(lossOf(part.steps), part.means, view.smoothing);
    return { x: part.means.step.length === 0 ? x : at.map(placeInPart), y };
  }, [part, x, placeInPart, view.smoothing]);
  const drawn = { part, x, placeOf: placeInPart };
  const full = fullRange(wholeX, view.axis, isActive(statusOf(run)) ? plannedSteps : 0);
  const placeOf = useMemo(() => placesOf(steps, wholeX), [steps, wholeX]);
  const shared: SharedPlot = {
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
          <StepTable run={run} smoothing={view.smoothing} />
        ) : (
          <LossPlot
            run={run}
            drawn={drawn}
            shared={shared}
            placeOf={placeOf}
            smoothed={smoothed}
            hover={hover}
            onHover={setHover}
          />
        )}
      </section>
      {!view.isTable && <SmallPlots drawn={drawn} shared={shared} hover={hover} facts={facts} />}
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
