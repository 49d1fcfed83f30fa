/** uPlot, its style and the options of a plot: the part of the plots that is loaded with the first of them. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { PlotColours } from './plot-colours.ts';
import { type PlotLook, type PlotNow, plotOptions } from './plot-options.ts';

export type MakePlot = typeof makePlot;

/** Draws into `element`; `now` is asked at each drawing. */
export function makePlot(
  element: HTMLElement,
  look: PlotLook,
  colours: PlotColours,
  now: () => PlotNow,
  syncKey: string,
  size: { readonly width: number; readonly height: number },
  data: uPlot.AlignedData,
): uPlot {
  return new uPlot(plotOptions(look, colours, now, syncKey, size), data, element);
}
