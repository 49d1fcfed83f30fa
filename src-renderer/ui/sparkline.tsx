/** A curve of a few points without axes, for tables; what it shows stands in numbers beside it. */
import './sparkline.css';

/** Of the box that it is drawn in, whatever size that has. */
const WIDTH = 100;
const HEIGHT = 20;
/** Keeps the line whole at the highest and lowest point. */
const MARGIN = 2;

export function Sparkline({ points }: { readonly points: readonly number[] }) {
  if (points.length < 2) return null;
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={sparklinePath(points)} />
    </svg>
  );
}

/** Pure, for tests: from left to right, the lowest value at the bottom; a level line where all are the same. */
export function sparklinePath(points: readonly number[]): string {
  const low = Math.min(...points);
  const span = Math.max(...points) - low;
  const places = points.map((value, i) => {
    const x = (i / (points.length - 1)) * WIDTH;
    const share = span === 0 ? 0.5 : (value - low) / span;
    const y = HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN);
    return `${round(x)} ${round(y)}`;
  });
  return `M${places.join('L')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
