/** The step from a run's columns to what is drawn. */
import { expect, test } from 'vitest';
import { axisValues, fieldPlotData, fullRange, lossPlotData, MAX_POINTS, visibleRows } from './plot-data.ts';
import { stepMetric } from './sample-steps.ts';
import { mergeSteps, NO_STEPS } from './step-columns.ts';

const stepsTo = (count: number) =>
  mergeSteps(
    NO_STEPS,
    Array.from({ length: count }, (_, i) => stepMetric(i + 1)),
  );

test('axes: steps, seconds, tokens read so far', () => {
  const steps = stepsTo(3);
  expect([...axisValues(steps, 'step')]).toEqual([1, 2, 3]);
  expect([...axisValues(steps, 'time')]).toEqual([1, 2, 3]);
  expect([...axisValues(steps, 'tokens')]).toEqual([100, 200, 300]);
});

test('a zoom shows its rows and one neighbour on each side', () => {
  const x = Float64Array.of(10, 20, 30, 40, 50, 60);
  expect(visibleRows(x, { from: 25, to: 45 })).toEqual({ from: 1, to: 5 });
  expect(visibleRows(x, { from: 0, to: 100 })).toEqual({ from: 0, to: 6 });
});

test('a loss that is not finite is a gap, never a zero', () => {
  const steps = mergeSteps(NO_STEPS, [stepMetric(1), { ...stepMetric(2), loss: Number.NaN }, stepMetric(3)]);
  const x = axisValues(steps, 'step');
  expect(lossPlotData(steps, x, x, [], null).series[0]).toEqual([2, null, 2]);
});

test('every evaluation is drawn at its step, even where the loss is thinned out', () => {
  const steps = stepsTo(100_000);
  const x = axisValues(steps, 'step');
  const evaluations = [31_337, 77_777].map(step => ({ step, loss: 1.5, perplexity: 4.5 }));
  const plot = lossPlotData(steps, x, x, evaluations, null);
  expect(plot.x.length).toBeLessThanOrEqual(MAX_POINTS + 2);
  expect(plot.series[2]?.[plot.x.indexOf(31_337)]).toBe(1.5);
  expect(plot.series[2]?.[plot.x.indexOf(77_777)]).toBe(1.5);
  expect(plot.series[2]?.filter(loss => loss !== null)).toHaveLength(2);
});

test('a spike in 100,000 gradient norms is drawn', () => {
  const steps = mergeSteps(stepsTo(70_000), [{ ...stepMetric(70_001), gradNorm: 50 }, stepMetric(70_002)]);
  expect(fieldPlotData(steps, axisValues(steps, 'step'), 'gradNorm', null).series[0]).toContain(50);
});

test('the step axis reaches to the planned end', () => {
  expect(fullRange(Float64Array.of(1, 2, 3), 'step', 80)).toEqual({ from: 1, to: 80 });
  expect(fullRange(Float64Array.of(1, 2, 3), 'time', 80)).toEqual({ from: 0, to: 3 });
});
