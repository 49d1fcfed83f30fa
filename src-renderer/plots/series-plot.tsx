/**
 * One plot of any number of series, each with places of its own on the shared axis: a measure of one run,
 * or the same measure of several. Plots with one `shared` move, zoom and point together.
 */
import { useMemo } from 'react';
import { formatCount } from '../format/numbers.ts';
import { plotStrings } from '../strings/plots.ts';
import { formatAxis } from './axis-format.ts';
import { type Clip, clipOutliers } from './clip-outliers.ts';
import { Plot } from './plot.tsx';
import type { PlotView } from './plot-controls.tsx';
import { type PlotPoints, plotData, type Zoom } from './plot-data.ts';
import type { HoverPlace, PlotLook, PlotMark, PlotSeries } from './plot-options.ts';
import './plots.css';

/** What the plots of one page have in common. */
export interface SharedPlot {
  readonly view: PlotView;
  /** The part of the horizontal axis that is shown. */
  readonly range: Zoom;
  /** Plots of one key share their cursor. */
  readonly syncKey: string;
  onZoom(zoom: Zoom): void;
  onResetZoom(): void;
}

/** How a measure is drawn and written. Must stay the same object while it is the same. */
export interface MeasureLook extends Pick<PlotLook, 'fromZero' | 'axisWidth' | 'tickSpace'> {
  /** In the order of the lines. */
  readonly series: readonly PlotSeries[];
  /** The measure has a logarithmic axis where the page asks for one. */
  readonly mayBeLog: boolean;
  readonly tickSteps?: readonly number[];
  /** Of each line, for a plot that is narrower than the page. */
  readonly maxPoints?: number;
  format(value: number): string;
  formatTicks(values: readonly number[]): readonly string[];
}

interface SeriesPlotProps {
  readonly look: MeasureLook;
  /** As many as `look.series`. Must stay the same array while nothing changed. */
  readonly lines: readonly PlotPoints[];
  readonly shared: SharedPlot;
  /** What the plot shows, in words. */
  readonly label: string;
  readonly marks?: readonly PlotMark[];
  /** A horizontal line, such as the norm at which gradients are clipped. */
  readonly limit?: number | null;
  onHover?(place: HoverPlace | null): void;
}

export function SeriesPlot({
  look,
  lines,
  shared,
  label,
  marks = NO_MARKS,
  limit = null,
  onHover = NOTHING,
}: SeriesPlotProps) {
  const { view, range, syncKey, onZoom, onResetZoom } = shared;
  const { axis, zoom } = view;
  const isLog = view.isLog && look.mayBeLog;
  const plotLook = useMemo<PlotLook>(
    () => ({ ...look, isLog, formatX: formatAxis[axis] }),
    [look, isLog, axis],
  );
  const data = useMemo(() => plotData(lines, zoom, look.maxPoints), [lines, zoom, look]);
  const clip = useMemo(() => (view.isClipped ? clipOutliers(data) : null), [data, view.isClipped]);
  return (
    <>
      <Plot
        look={plotLook}
        data={data}
        range={range}
        clip={clip}
        marks={marks}
        limit={limit}
        syncKey={syncKey}
        label={label}
        onHover={onHover}
        onZoom={onZoom}
        onResetZoom={onResetZoom}
      />
      {clip && <ClipNote clip={clip} look={look} axis={axis} />}
    </>
  );
}

const NO_MARKS: readonly PlotMark[] = [];
const NOTHING = () => {};

interface ClipNoteProps {
  readonly clip: Clip;
  readonly look: MeasureLook;
  readonly axis: PlotView['axis'];
}

/** What a clipped plot does not show. */
function ClipNote({ clip, look, axis }: ClipNoteProps) {
  const { hidden, farthest } = clip;
  const place = `${plotStrings.axes[axis].toLowerCase()} ${formatAxis[axis](farthest.at)}`;
  return (
    <p className="clip-note small">
      {plotStrings.clipped(formatCount(hidden), hidden === 1, look.format(farthest.value), place)}
    </p>
  );
}
