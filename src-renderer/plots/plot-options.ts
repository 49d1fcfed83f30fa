/** uPlot's options for one plot of a run: axes, series, cursor, zoom and marks. */
import uPlot from 'uplot';
import type { PlotColour, PlotColours } from './plot-colours.ts';
import type { Zoom } from './plot-data.ts';

export interface PlotSeries {
  readonly colour: PlotColour;
  readonly width: number;
  readonly dash?: readonly number[];
  /** Drawn as points on a line that runs over gaps, for values that few steps have. */
  readonly isSparse?: boolean;
}

/** A vertical line at a place of the horizontal axis. */
export interface PlotMark {
  readonly at: number;
  readonly label: string | null;
  readonly colour: PlotColour;
}

export interface PlotLook {
  readonly series: readonly PlotSeries[];
  readonly isLog: boolean;
  /** The vertical axis begins at zero. */
  readonly fromZero: boolean;
  /** The least distance between ticks, in pixels. */
  readonly tickSpace: { readonly x: number; readonly y: number };
  /** Room for the labels of the vertical axis, in pixels. */
  readonly axisWidth: number;
  formatX(value: number): string;
  /** The steps that ticks of the vertical axis may have, for units that are not decimal. */
  readonly tickSteps?: readonly number[];
  /** Labels of all ticks together, so that they can share their digits. */
  formatTicks(values: readonly number[]): readonly string[];
}

/** Where the pointer is on the horizontal axis, and in pixels from the plot's left edge. */
export interface HoverPlace {
  readonly value: number;
  readonly left: number;
  /** In the right half, where a reading would leave the plot. */
  readonly isRight: boolean;
}

/** What changes while a plot stays: read at each drawing. */
export interface PlotNow {
  readonly range: Zoom;
  /** The vertical range where outliers are clipped; null: all values. */
  readonly clip: { readonly low: number; readonly high: number } | null;
  readonly marks: readonly PlotMark[];
  /** A horizontal line, such as the norm at which gradients are clipped. */
  readonly limit: number | null;
  onHover(place: HoverPlace | null): void;
  onZoom(zoom: Zoom): void;
  onResetZoom(): void;
}

const FONT = '11px "Inter Variable", system-ui, sans-serif';
const SMALLEST_SELECTION_PX = 6;

export function plotOptions(
  look: PlotLook,
  colours: PlotColours,
  now: () => PlotNow,
  syncKey: string,
  size: { readonly width: number; readonly height: number },
): uPlot.Options {
  const axis = { stroke: colours.axis, font: FONT, ticks: { show: false } };
  return {
    ...size,
    padding: [8, plot => rightPadding(plot, look, now().range), 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      // Dragging zooms each plot's own way, so only the movement is shared.
      sync: {
        key: syncKey,
        scales: ['x', null],
        filters: { pub: type => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: {
        dblclick: () => () => {
          now().onResetZoom();
          return null;
        },
      },
    },
    scales: {
      x: { time: false, range: () => [now().range.from, now().range.to] },
      y: {
        distr: look.isLog ? 3 : 1,
        range: (_, low, high) => verticalRange(now().clip?.low ?? low, now().clip?.high ?? high, look),
      },
    },
    axes: [
      {
        ...axis,
        size: 22,
        gap: 4,
        space: look.tickSpace.x,
        grid: { show: false },
        values: (_, splits) => splits.map(look.formatX),
      },
      {
        ...axis,
        size: look.axisWidth,
        gap: 6,
        space: look.tickSpace.y,
        ...(look.tickSteps ? { incrs: [...look.tickSteps] } : {}),
        grid: { stroke: colours.grid, width: 1 },
        values: (_, splits) => labelTicks(splits, look),
      },
    ],
    series: [{}, ...look.series.map(series => seriesOptions(series, colours))],
    hooks: {
      setCursor: [plot => now().onHover(hoverPlace(plot))],
      setSelect: [plot => zoomToSelection(plot, now())],
      draw: [
        plot => drawMarks(plot, colours, now()),
        // For those who wait for the drawing: so many places of the axis are on the canvas.
        plot => {
          plot.root.dataset['drawn'] = String(plot.data[0].length);
        },
      ],
    },
  };
}

const LEAST_PADDING = 12;

/** Labels stand under the middle of their ticks, so the last one needs room for its half. */
function rightPadding({ ctx }: uPlot, { formatX }: PlotLook, { to }: Zoom): number {
  ctx.save();
  ctx.font = FONT;
  const { width } = ctx.measureText(formatX(Math.floor(to)));
  ctx.restore();
  return Math.max(LEAST_PADDING, Math.ceil(width / 2) + 2);
}

function seriesOptions(
  { colour, width, dash, isSparse = false }: PlotSeries,
  colours: PlotColours,
): uPlot.Series {
  return {
    stroke: colours[colour],
    width,
    spanGaps: isSparse,
    ...(dash ? { dash: [...dash] } : {}),
    points: isSparse
      ? { show: true, size: 7, width: 1.75, fill: colours.surface }
      : { show: plot => plot.data[0].length < 2, size: 5, fill: colours[colour] },
  };
}

/** On a logarithmic axis uPlot leaves out the labels of crowded ticks by making them null. */
function labelTicks(splits: readonly (number | null)[], look: PlotLook): string[] {
  const labels = look.formatTicks(splits.filter(value => value !== null));
  let next = 0;
  return splits.map(value => (value === null ? '' : (labels[next++] ?? '')));
}

type Bounds = [low: number, high: number];

function verticalRange(low: number | null, high: number | null, { isLog, fromZero }: PlotLook): Bounds {
  if (low === null || high === null) return isLog ? [0.1, 1] : [0, 1];
  if (isLog) return logRange(low, high);
  if (fromZero) return [0, high > 0 ? high * 1.1 : 1];
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Whole powers of ten around the values; those at zero and below have no place on the axis. */
function logRange(low: number, high: number): Bounds {
  const top = high > 0 ? high : 1;
  const [from, to] = uPlot.rangeLog(low > 0 ? low : top / 1e4, top, 10, true);
  return [from ?? top / 10, to ?? top];
}

function hoverPlace(plot: uPlot): HoverPlace | null {
  const { left } = plot.cursor;
  if (left === undefined || left < 0) return null;
  return {
    value: plot.posToVal(left, 'x'),
    left: left + plot.bbox.left / devicePixelRatio,
    isRight: left > plot.bbox.width / devicePixelRatio / 2,
  };
}

function zoomToSelection(plot: uPlot, { onZoom }: PlotNow): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (width < SMALLEST_SELECTION_PX) return;
  onZoom({ from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') });
}

function drawMarks(plot: uPlot, colours: PlotColours, { marks, limit, range }: PlotNow): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = pixel;
  for (const { at, label, colour } of marks) {
    if (at < range.from || at > range.to) continue;
    const x = Math.round(plot.valToPos(at, 'x', true));
    ctx.strokeStyle = colours[colour];
    ctx.setLineDash(label === null ? [2 * pixel, 3 * pixel] : []);
    line(ctx, x, bbox.top, x, bbox.top + bbox.height);
    if (label !== null) drawLabel(ctx, label, x, bbox, colours[colour], pixel);
  }
  const y = limit === null ? -1 : Math.round(plot.valToPos(limit, 'y', true));
  if (y >= bbox.top) {
    ctx.strokeStyle = colours.quiet;
    ctx.setLineDash([3 * pixel, 3 * pixel]);
    line(ctx, bbox.left, y, bbox.left + bbox.width, y);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** To the right of its line, or to the left where it would leave the plot. */
function drawLabel(
  ctx: CanvasRenderingContext2D,
  label: string,
  x: number,
  bbox: uPlot.BBox,
  colour: string,
  pixel: number,
): void {
  ctx.font = FONT.replace('11px', `${11 * pixel}px`);
  ctx.fillStyle = colour;
  ctx.textBaseline = 'top';
  const gap = 6 * pixel;
  const fits = x + gap + ctx.measureText(label).width <= bbox.left + bbox.width;
  ctx.textAlign = fits ? 'left' : 'right';
  ctx.fillText(label, fits ? x + gap : x - gap, bbox.top + 4 * pixel);
}
