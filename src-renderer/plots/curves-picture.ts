/** Curves as a picture to keep: title, axes with round ticks, lines, and a legend below. Pure. */
import { formatDecimals } from './axis-format.ts';
import type { Picture, Shape } from './picture.ts';
import type { PlotPoints, Zoom } from './plot-data.ts';

export interface PicturedCurve {
  readonly name: string;
  /** Stands behind the name in the legend. */
  readonly note: string;
  readonly points: PlotPoints;
  /** As `rgb(…)`. */
  readonly colour: string;
  readonly dash: readonly number[];
  /** Few points, each with a dot. */
  readonly isSparse: boolean;
}

export interface CurvesPicture {
  readonly title: string;
  readonly axisTitle: string;
  readonly curves: readonly PicturedCurve[];
  readonly range: Zoom;
  readonly isLog: boolean;
  readonly colours: Readonly<Record<'surface' | 'text' | 'axis' | 'grid', string>>;
  formatX(value: number): string;
}

const WIDTH = 1000;
const PLOT = { left: 72, top: 56, width: WIDTH - 72 - 32, height: 380 };
const LEGEND_ROW = 22;
const LEGEND_COLUMNS = 2;

export function drawCurves(picture: CurvesPicture): Picture {
  const { title, axisTitle, curves, range, isLog, colours, formatX } = picture;
  const visible = curves.map(({ points }) => within(points, range));
  const values = visible
    .flatMap(points => points.map(([, y]) => y))
    .filter(y => Number.isFinite(y) && (!isLog || y > 0));
  const scaleOf = isLog ? Math.log10 : (value: number) => value;
  const [low, high] = bounds(values.map(scaleOf));
  const placeX = (x: number) => PLOT.left + ((x - range.from) / (range.to - range.from || 1)) * PLOT.width;
  const placeY = (y: number) => PLOT.top + PLOT.height - ((scaleOf(y) - low) / (high - low)) * PLOT.height;
  const ticksX = roundTicks(range.from, range.to, 8);
  const ticksY = isLog ? powersOfTen(low, high) : roundTicks(low, high, 6);
  const labelsY = isLog ? ticksY.map(tick => String(Number(tick.toPrecision(3)))) : formatDecimals(ticksY);
  const bottom = PLOT.top + PLOT.height;
  const legendTop = bottom + 66;
  const height = legendTop + Math.ceil(curves.length / LEGEND_COLUMNS) * LEGEND_ROW;
  const text = (
    x: number,
    y: number,
    words: string,
    more: Partial<Extract<Shape, { kind: 'text' }>> = {},
  ): Shape => ({
    kind: 'text',
    x,
    y,
    text: words,
    size: 12,
    fill: colours.axis,
    anchor: 'start',
    isStrong: false,
    ...more,
  });
  const shapes: Shape[] = [
    { kind: 'rect', x: 0, y: 0, width: WIDTH, height, fill: colours.surface },
    text(PLOT.left, 32, title, { size: 16, fill: colours.text, isStrong: true }),
    ...ticksY.flatMap((tick, i): Shape[] => [
      {
        kind: 'line',
        points: [
          [PLOT.left, placeY(tick)],
          [PLOT.left + PLOT.width, placeY(tick)],
        ],
        stroke: colours.grid,
        width: 1,
        dash: [],
      },
      text(PLOT.left - 8, placeY(tick) + 4, labelsY[i] ?? '', { anchor: 'end' }),
    ]),
    ...ticksX.map(tick => text(placeX(tick), bottom + 20, formatX(tick), { anchor: 'middle' })),
    text(PLOT.left + PLOT.width / 2, bottom + 42, axisTitle, { anchor: 'middle' }),
    ...curves.flatMap((curve, i) => curveShapes(curve, visible[i] ?? [], { placeX, placeY, isLog })),
    ...curves.flatMap((curve, i): Shape[] => {
      const x = PLOT.left + (i % LEGEND_COLUMNS) * (PLOT.width / LEGEND_COLUMNS);
      const y = legendTop + Math.floor(i / LEGEND_COLUMNS) * LEGEND_ROW;
      return [
        {
          kind: 'line',
          points: [
            [x, y - 4],
            [x + 28, y - 4],
          ],
          stroke: curve.colour,
          width: 2,
          dash: curve.dash,
        },
        text(x + 38, y, `${shortened(curve.name)}${curve.note === '' ? '' : `, ${curve.note}`}`, {
          fill: colours.text,
        }),
      ];
    }),
  ];
  return { width: WIDTH, height, title, shapes };
}

interface Places {
  readonly isLog: boolean;
  placeX(x: number): number;
  placeY(y: number): number;
}

/** What is not finite is a gap, as is what a logarithm has no place for; a line of few points runs over gaps. */
function curveShapes(
  { colour, dash, isSparse }: PicturedCurve,
  points: readonly (readonly [number, number])[],
  { placeX, placeY, isLog }: Places,
): Shape[] {
  const pieces: [number, number][][] = [[]];
  for (const [x, y] of points) {
    if (Number.isFinite(y) && (!isLog || y > 0)) pieces.at(-1)?.push([placeX(x), placeY(y)]);
    else if (!isSparse && pieces.at(-1)?.length !== 0) pieces.push([]);
  }
  return pieces
    .filter(piece => piece.length > 0)
    .flatMap(piece => [
      { kind: 'line', points: piece, stroke: colour, width: 2, dash } as const,
      ...(isSparse || piece.length === 1
        ? piece.map(([x, y]) => ({ kind: 'dot', x, y, radius: 3.5, fill: colour }) as const)
        : []),
    ]);
}

function within({ x, y }: PlotPoints, { from, to }: Zoom): (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  for (const [i, place] of x.entries())
    if (place >= from && place <= to) points.push([place, y[i] ?? Number.NaN]);
  return points;
}

/** Around the values, with a little room; from 0 to 1 where there are none. */
function bounds(values: readonly number[]): [low: number, high: number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

/**
 * At most about `count` multiples of 1, 2 or 5 times a power of ten:
 *
 *     from 0 to 37, 8 ticks  →  0 5 10 15 20 25 30 35
 */
export function roundTicks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / count;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find(factor => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Whole powers between two exponents, or the ends where there are none. */
function powersOfTen(low: number, high: number): number[] {
  const first = Math.ceil(low);
  const powers = Array.from(
    { length: Math.max(0, Math.floor(high) - first + 1) },
    (_, i) => 10 ** (first + i),
  );
  return powers.length > 0 ? powers : [10 ** low, 10 ** high];
}

const LONGEST_NAME = 44;

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
