/** The colours of the theme, resolved for drawing on a canvas. */

export type PlotColour =
  | 'raw'
  | 'smooth'
  | 'evaluation'
  | 'second'
  | 'third'
  | 'fourth'
  | 'fifth'
  | 'surface'
  | 'axis'
  | 'grid'
  | 'error'
  | 'quiet'
  | 'faint';

const EXPRESSIONS = {
  raw: 'color-mix(in oklch, var(--series-1) 45%, transparent)',
  smooth: 'var(--series-1)',
  evaluation: 'var(--series-2)',
  second: 'var(--series-2)',
  third: 'var(--series-3)',
  fourth: 'var(--series-4)',
  fifth: 'var(--series-5)',
  surface: 'var(--surface)',
  axis: 'var(--plot-axis)',
  grid: 'var(--plot-grid)',
  error: 'var(--error-text)',
  quiet: 'var(--line-control)',
  faint: 'var(--line-button)',
} as const satisfies Record<PlotColour, string>;

export type PlotColours = Readonly<Record<PlotColour, string>>;

/** A token may hold `light-dark()`, which only a property that is a colour resolves: hence the probe. */
export function resolvePlotColours(within: HTMLElement): PlotColours {
  const probe = document.createElement('span');
  within.append(probe);
  const entries = Object.entries(EXPRESSIONS).map(([name, expression]) => {
    probe.style.color = expression;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(entries) as PlotColours;
}
