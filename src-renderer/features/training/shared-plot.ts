/** What the plots of one run have in common. */
import type { PlotView } from './plot-controls.tsx';
import type { Zoom } from './plot-data.ts';
import type { HoverPlace } from './plot-options.ts';

export interface SharedPlot {
  readonly x: Float64Array;
  readonly view: PlotView;
  readonly range: Zoom;
  readonly syncKey: string;
  onZoom(zoom: Zoom): void;
  onResetZoom(): void;
}

/** Where the pointer is, and the row of the steps that is nearest to it. */
export interface Hover extends HoverPlace {
  readonly row: number;
}
