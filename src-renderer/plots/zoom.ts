/** Arithmetic of the visible part of the horizontal axis. */
import type { Zoom } from './plot-data.ts';

/** Around its middle, kept inside `full`; null where everything is visible again. */
export function scaledZoom(zoom: Zoom, full: Zoom, factor: number): Zoom | null {
  const width = (zoom.to - zoom.from) * factor;
  const whole = full.to - full.from;
  if (width >= whole) return null;
  const middle = (zoom.from + zoom.to) / 2;
  return moveInside({ from: middle - width / 2, to: middle + width / 2 }, full);
}

/** By a share of its own width, kept inside `full`. */
export function movedZoom(zoom: Zoom, full: Zoom, share: number): Zoom {
  const distance = (zoom.to - zoom.from) * share;
  return moveInside({ from: zoom.from + distance, to: zoom.to + distance }, full);
}

function moveInside({ from, to }: Zoom, full: Zoom): Zoom {
  const shift = Math.max(0, full.from - from) - Math.max(0, to - full.to);
  return { from: from + shift, to: to + shift };
}
