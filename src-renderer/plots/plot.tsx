/** One uPlot chart: made anew when its look changes, given new data and range otherwise. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import type uPlot from 'uplot';
import { useColourKey } from '../ui/theme.ts';
import { loadPlot } from './load-plot.ts';
import type { MakePlot } from './make-plot.ts';
import { resolvePlotColours } from './plot-colours.ts';
import type { PlotData } from './plot-data.ts';
import type { PlotLook, PlotNow } from './plot-options.ts';

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
    let making: ReturnType<typeof setTimeout> | undefined;
    const make = (makePlot: MakePlot) => {
      const colours = resolvePlotColours(element);
      const { data } = latest.current;
      plot.current = makePlot(
        element,
        look,
        colours,
        () => latest.current.now,
        syncKey,
        size(),
        aligned(data),
      );
    };
    let isGone = false;
    void loadPlot().then(({ makePlot }) => {
      // A task of its own for each plot, so that five of them together never hold up the page.
      if (!isGone) making = setTimeout(() => make(makePlot));
    });
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
      isGone = true;
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
