/** How much of a run's curves the page asks for: every step of short runs, else about as many buckets as a plot has columns. */
import { MEASURES, type MetricsQuestion } from '../../src-shared/domain/run-metrics.ts';

export const WHOLE_CURVE: MetricsQuestion = {
  axis: 'step',
  from: null,
  to: null,
  points: 4000,
  measures: [...MEASURES],
};
