/** The words of the plots and their controls. Numbers arrive formatted. */

export const plotStrings = {
  smoothing: 'Smoothing',
  axis: 'Horizontal axis',
  axes: { step: 'Step', time: 'Time', tokens: 'Tokens' },
  log: 'Log',
  clip: 'Clip outliers',
  clipped: (count: string, isOne: boolean, value: string, place: string) =>
    isOne
      ? `1 point outside: ${value} at ${place}`
      : `${count} points outside, the farthest ${value} at ${place}`,
  table: 'Show as a table',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  earlier: 'Earlier',
  later: 'Later',
  resetZoom: 'Reset zoom',
  summary: (name: string, first: string, last: string, lowest: string, highest: string) =>
    `${name}: first ${first}, latest ${last}, lowest ${lowest}, highest ${highest}. The table shows every step.`,
  empty: (name: string) => `${name}: no steps yet.`,
} as const;
