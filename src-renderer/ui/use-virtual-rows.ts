/** Which rows of a long list lie in its window, so that only those are made; any number of rows. */
import { type RefObject, useCallback, useEffect, useState } from 'react';

/** Browsers stop laying out elements that are much higher; longer lists are scrolled in proportion. */
const HIGHEST_PX = 8_000_000;
const BEYOND = 8;

export interface VirtualRows {
  readonly first: number;
  /** Exclusive. */
  readonly last: number;
  readonly heightPx: number;
  readonly topOf: (row: number) => number;
  scrollTo(row: number): void;
}

export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowPx: number,
): VirtualRows {
  const [view, setView] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller]);
  const [standing, setStanding] = useState(0);
  useEffect(() => {
    // Of another list, what can be seen comes first, and what a scroll brings in next when that stands.
    const asked = requestAnimationFrame(() => setTimeout(() => setStanding(count)));
    return () => cancelAnimationFrame(asked);
  }, [count]);
  const window = windowOf(count, rowPx, view.top, view.height, standing === count ? BEYOND : 0);
  const scrollTo = useCallback(
    (row: number) => {
      const element = scroller.current;
      if (!element) return;
      const share = scaleOf(count, rowPx, element.clientHeight);
      element.scrollTop = Math.max(0, row * rowPx * share - element.clientHeight / 3);
    },
    [scroller, count, rowPx],
  );
  return { ...window, scrollTo };
}

/** Pure, for tests: the rows in a window at `top`, and where each of them stands. */
export function windowOf(
  count: number,
  rowPx: number,
  top: number,
  viewPx: number,
  beyond = BEYOND,
): Omit<VirtualRows, 'scrollTo'> {
  const share = scaleOf(count, rowPx, viewPx);
  const heightPx = Math.min(count * rowPx, HIGHEST_PX);
  const wholeTop = share === 1 ? top : Math.min(top / share, count * rowPx - viewPx);
  const firstVisible = Math.floor(wholeTop / rowPx);
  const first = Math.max(0, firstVisible - beyond);
  const last = Math.min(count, firstVisible + Math.ceil(viewPx / rowPx) + beyond);
  return { first, last, heightPx, topOf: row => row * rowPx - wholeTop + top };
}

/** How much of the list's true way one pixel of scrolling is. */
function scaleOf(count: number, rowPx: number, viewPx: number): number {
  const whole = count * rowPx;
  return whole <= HIGHEST_PX ? 1 : (HIGHEST_PX - viewPx) / (whole - viewPx);
}
