/** How much of a run's curve the page asks for: every step of short runs, else more buckets than a screen has columns. */
import { MEASURES, type MetricsQuestion } from '../../src-shared/domain/run-metrics.ts';

export const WHOLE_CURVE: MetricsQuestion = {
  axis: 'step',
  from: null,
  to: null,
  points: 6000,
  measures: [...MEASURES],
};
