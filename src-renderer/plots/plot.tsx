/** One uPlot chart: made anew when its look changes, given new data and range otherwise. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useColourKey } from '../ui/theme.ts';
import { resolvePlotColours } from './plot-colours.ts';
import type { PlotData } from './plot-data.ts';
import { type PlotLook, type PlotNow, plotOptions } from './plot-options.ts';

interface PlotProps extends PlotNow {
  /** Must stay the same object while the plot looks the same. */
  readonly look: PlotLook;
  readonly data: PlotData;
  readonly syncKey: string;
  /** What the plot shows, in words. */
  readonly label: string;
}

export function Plot({ look, data, syncKey, label, ...now }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ now, data });
  const colourKey = useColourKey();

  useLayoutEffect(() => {
    latest.current = { now, data };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours need another plot
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    const make = () => {
      const colours = resolvePlotColours(element);
      const options = plotOptions(look, colours, () => latest.current.now, syncKey, size());
      plot.current = new uPlot(options, aligned(latest.current.data), element);
    };
    // A task of its own for each plot, so that five of them together never hold up the page.
    const making = setTimeout(make);
    const observer = new ResizeObserver(() => {
      const { width, height } = size();
      // An observer also tells of the size at the beginning, and to set a size draws anew.
      if (plot.current && (plot.current.width !== width || plot.current.height !== height))
        plot.current.setSize({ width, height });
    });
    observer.observe(element);
    // The labels are drawn, so they need a second drawing when the bundled font has arrived.
    if (document.fonts.status !== 'loaded')
      void document.fonts.ready.then(() => plot.current?.redraw(false, true));
    return () => {
      clearTimeout(making);
      observer.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [look, syncKey, colourKey]);

  const { from, to } = now.range;
  // biome-ignore lint/correctness/useExhaustiveDependencies: uPlot asks for the range when it gets data
  useEffect(() => plot.current?.setData(aligned(data)), [data, from, to, now.clip, now.marks, now.limit]);

  return <div ref={host} className="plot" role="img" aria-label={label} />;
}

function aligned({ x, series }: PlotData): uPlot.AlignedData {
  return [x, ...series] as uPlot.AlignedData;
}
