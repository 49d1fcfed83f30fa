/** uPlot looks for the time zone when it is loaded, which would delay the page's start: it comes with the first plot. */
import { useEffect } from 'react';

export const loadPlot = () => import('./make-plot.ts');

/** For pages from which one soon sees a plot: loads it while there is nothing else to do. */
export function usePlotSoon(): void {
  useEffect(() => {
    const asked = requestIdleCallback(() => void loadPlot());
    return () => cancelIdleCallback(asked);
  }, []);
}
