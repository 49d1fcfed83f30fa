/** How the plots are shown: smoothing, axis, logarithm, zoom, or a table instead. */
import { ChevronLeft, ChevronRight, RotateCcw, Table2, ZoomIn, ZoomOut } from 'lucide-react';
import { useId } from 'react';
import { plotStrings } from '../strings/plots.ts';
import { IconButton } from '../ui/button.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { Axis, Zoom } from './plot-data.ts';
import { movedZoom, scaledZoom } from './zoom.ts';

export interface PlotView {
  readonly smoothing: number;
  readonly axis: Axis;
  readonly isLog: boolean;
  /** Extreme values do not stretch the vertical axes. */
  readonly isClipped: boolean;
  readonly isTable: boolean;
  /** Null: everything. */
  readonly zoom: Zoom | null;
}

interface PlotControlsProps {
  readonly view: PlotView;
  /** The whole axis. */
  readonly full: Zoom;
  /** The page has a table to show instead. */
  readonly hasTable?: boolean;
  onChange(view: PlotView): void;
}

export function PlotControls({ view, full, hasTable = true, onChange }: PlotControlsProps) {
  const sliderId = useId();
  const change = (part: Partial<PlotView>) => onChange({ ...view, ...part });
  return (
    <div className="plot-controls">
      {!view.isTable && <ZoomButtons zoom={view.zoom} full={full} onChange={zoom => change({ zoom })} />}
      <label className="row small soft" htmlFor={sliderId}>
        {plotStrings.smoothing}
        <input
          id={sliderId}
          className="range"
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={view.smoothing}
          onChange={event => change({ smoothing: Number(event.target.value) })}
        />
        <span className="smoothing-value">{view.smoothing.toFixed(2)}</span>
      </label>
      {!view.isTable && <AxisControls view={view} onChange={change} />}
      {hasTable && (
        <IconButton
          label={plotStrings.table}
          icon={Table2}
          isPressed={view.isTable}
          onClick={() => change({ isTable: !view.isTable })}
        />
      )}
    </div>
  );
}

interface AxisControlsProps {
  readonly view: PlotView;
  onChange(part: Partial<PlotView>): void;
}

function AxisControls({ view, onChange }: AxisControlsProps) {
  return (
    <>
      <Segmented
        label={plotStrings.axis}
        value={view.axis}
        // Another axis has other units, so a part of the old one means nothing on it.
        onChange={axis => onChange({ axis, zoom: null })}
        options={(['step', 'time', 'tokens'] as const).map(value => ({
          value,
          label: plotStrings.axes[value],
        }))}
      />
      <button
        type="button"
        className="btn btn-toggle"
        aria-pressed={view.isLog}
        onClick={() => onChange({ isLog: !view.isLog })}
      >
        {plotStrings.log}
      </button>
      <button
        type="button"
        className="btn btn-toggle"
        aria-pressed={view.isClipped}
        onClick={() => onChange({ isClipped: !view.isClipped })}
      >
        {plotStrings.clip}
      </button>
    </>
  );
}

interface ZoomButtonsProps {
  readonly zoom: Zoom | null;
  readonly full: Zoom;
  onChange(zoom: Zoom | null): void;
}

/** The same as dragging over a plot, for everyone who does not drag. */
function ZoomButtons({ zoom, full, onChange }: ZoomButtonsProps) {
  const shown = zoom ?? full;
  return (
    <div className="zoom-buttons">
      {zoom && (
        <>
          <IconButton
            label={plotStrings.earlier}
            icon={ChevronLeft}
            onClick={() => onChange(movedZoom(zoom, full, -0.5))}
          />
          <IconButton
            label={plotStrings.later}
            icon={ChevronRight}
            onClick={() => onChange(movedZoom(zoom, full, 0.5))}
          />
          <IconButton label={plotStrings.resetZoom} icon={RotateCcw} onClick={() => onChange(null)} />
          <IconButton
            label={plotStrings.zoomOut}
            icon={ZoomOut}
            onClick={() => onChange(scaledZoom(zoom, full, 2))}
          />
        </>
      )}
      <IconButton
        label={plotStrings.zoomIn}
        icon={ZoomIn}
        onClick={() => onChange(scaledZoom(shown, full, 0.5))}
      />
    </div>
  );
}
