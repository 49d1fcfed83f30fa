import { describe, expect, it } from 'vitest';
import { drawCurves, type PicturedCurve, roundTicks } from './curves-picture.ts';
import { pictureAsSvg } from './picture.ts';

const curve = (x: number[], y: number[], more: Partial<PicturedCurve> = {}): PicturedCurve => ({
  name: 'a run',
  note: '',
  points: { x: Float64Array.from(x), y: Float64Array.from(y) },
  colour: 'rgb(1, 2, 3)',
  dash: [],
  isSparse: false,
  ...more,
});

const draw = (curves: PicturedCurve[], isLog = false) =>
  drawCurves({
    title: 'Loss of <a> & "b"',
    axisTitle: 'Step',
    curves,
    range: { from: 0, to: 10 },
    isLog,
    colours: {
      surface: 'rgb(255, 255, 255)',
      text: 'rgb(0, 0, 0)',
      axis: 'rgb(9, 9, 9)',
      grid: 'rgb(8, 8, 8)',
    },
    formatX: String,
  });

const linesOf = (curves: PicturedCurve[], isLog = false) =>
  draw(curves, isLog).shapes.flatMap(shape =>
    shape.kind === 'line' && shape.stroke === 'rgb(1, 2, 3)' ? [shape.points] : [],
  );

describe('the ticks of an axis', () => {
  it('are round and inside', () => {
    expect(roundTicks(0, 37, 8)).toEqual([0, 5, 10, 15, 20, 25, 30, 35]);
    expect(roundTicks(0.93, 1.31, 6)).toEqual([1, 1.1, 1.2, 1.3]);
    expect(roundTicks(3, 3, 5)).toEqual([3]);
  });
});

describe('a picture of curves', () => {
  it('breaks a line at gaps, and leaves out what lies outside of the range', () => {
    const [first, second, legend, ...more] = linesOf([curve([1, 2, 3, 4, 11], [5, 5, Number.NaN, 5, 5])]);
    expect([first?.length, second?.length, legend?.length, more.length]).toEqual([2, 1, 2, 0]);
  });

  it('stands lower where the loss is lower, on either scale', () => {
    for (const isLog of [false, true]) {
      const [points = []] = linesOf([curve([0, 5, 10], [4, 2, 1])], isLog);
      const [a = 0, b = 0, c = 0] = points.map(([, y]) => y);
      expect(a).toBeLessThan(b);
      expect(b).toBeLessThan(c);
      if (isLog) expect(b - a).toBeCloseTo(c - b);
    }
  });

  it('has no place for zero and below on a logarithmic scale', () => {
    expect(linesOf([curve([0, 5], [0, -1])], true)).toHaveLength(1);
  });

  it('is an SVG whose words break nothing', () => {
    const svg = pictureAsSvg(draw([curve([0, 10], [1, 2], { name: '<script>' })]));
    expect(svg).toContain('<title>Loss of &lt;a&gt; &amp; &quot;b&quot;</title>');
    expect(svg).not.toContain('<script>');
    expect(svg.match(/<polyline/g)?.length).toBe(svg.match(/stroke-linejoin/g)?.length);
  });
});
