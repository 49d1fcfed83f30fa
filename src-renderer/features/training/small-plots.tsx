/** Learning rate, gradient norm, speed and memory, small, under the loss and on the same axis. */
import { type ReactNode, useId, useMemo } from 'react';
import { formatBytes, formatLarge, formatRate, formatShort, formatWholeBytes } from '../../format/numbers.ts';
import { strings } from '../../strings.ts';
import { formatAxis, formatDecimals, formatRates } from './axis-format.ts';
import { Plot } from './plot.tsx';
import { fieldPlotData } from './plot-data.ts';
import type { PlotLook, PlotSeries } from './plot-options.ts';
import { summariseSeries } from './plot-summary.ts';
import type { RecipeFacts } from './recipe-facts.ts';
import type { SharedPlot } from './shared-plot.ts';
import { column, type StepColumns, type StepField } from './step-columns.ts';

interface SmallPlotsProps {
  readonly steps: StepColumns;
  readonly shared: SharedPlot;
  /** The row under the pointer; null shows the latest. */
  readonly hoverRow: number | null;
  readonly facts: RecipeFacts;
}

interface PlotKind {
  readonly field: StepField;
  readonly title: string;
  readonly series: PlotSeries;
  format(value: number): string;
  readonly tickSteps?: readonly number[];
  formatTicks(values: readonly number[]): readonly string[];
}

const POWERS_OF_TWO = Array.from({ length: 48 }, (_, exponent) => 2 ** exponent);

const KINDS: readonly PlotKind[] = [
  {
    field: 'learningRate',
    title: strings.run.learningRate,
    series: { colour: 'smooth', width: 1.5 },
    format: formatRate,
    formatTicks: formatRates,
  },
  {
    field: 'gradNorm',
    title: strings.run.gradNorm,
    series: { colour: 'third', width: 1.25 },
    format: formatShort,
    formatTicks: formatDecimals,
  },
  {
    field: 'tokensPerSecond',
    title: strings.run.speed,
    series: { colour: 'second', width: 1.25 },
    format: formatShort,
    formatTicks: values => values.map(formatLarge),
  },
  {
    field: 'memoryBytes',
    title: strings.run.memory,
    series: { colour: 'fourth', width: 1.5 },
    format: formatBytes,
    tickSteps: POWERS_OF_TWO,
    formatTicks: values => values.map(value => (value === 0 ? '0' : formatWholeBytes(value))),
  },
];

export function SmallPlots({ steps, shared, hoverRow, facts }: SmallPlotsProps) {
  const { maxGradNorm } = facts;
  return (
    <div className="small-plots">
      {KINDS.map(kind => {
        const limit = kind.field === 'gradNorm' ? maxGradNorm : null;
        const note = limit === null ? null : strings.run.clippedAt(formatShort(limit));
        return (
          <SmallPlot
            key={kind.field}
            kind={kind}
            steps={steps}
            shared={shared}
            hoverRow={hoverRow}
            limit={limit}
            note={kind.field === 'tokensPerSecond' ? strings.run.tokensPerSecond : note}
          />
        );
      })}
    </div>
  );
}

interface SmallPlotProps extends Omit<SmallPlotsProps, 'facts'> {
  readonly kind: PlotKind;
  readonly limit: number | null;
  readonly note: ReactNode;
}

const NO_MARKS: [] = [];
const NOTHING = () => {};

function SmallPlot({ kind, steps, shared, hoverRow, limit, note }: SmallPlotProps) {
  const titleId = useId();
  const { x, view, range, syncKey, onZoom, onResetZoom } = shared;
  const { axis, zoom } = view;
  const values = column(steps, kind.field);
  const look = useMemo<PlotLook>(
    () => ({
      series: [kind.series],
      isLog: false,
      fromZero: true,
      axisWidth: 52,
      formatX: formatAxis[axis],
      tickSpace: { x: 44, y: 28 },
      formatTicks: kind.formatTicks,
      ...(kind.tickSteps ? { tickSteps: kind.tickSteps } : {}),
    }),
    [kind, axis],
  );
  const data = useMemo(() => fieldPlotData(steps, x, kind.field, zoom), [steps, x, kind, zoom]);
  const label = useMemo(
    () => summariseSeries(kind.title, column(steps, kind.field), kind.format),
    [steps, kind],
  );
  const shown = values[hoverRow ?? values.length - 1];
  return (
    <section className="card small-plot" aria-labelledby={titleId}>
      <div className="row small-plot-head">
        <h3 id={titleId} className="grow clip">
          {kind.title}
        </h3>
        <span className="small clip">
          <strong>{shown === undefined ? '–' : kind.format(shown)}</strong>{' '}
          {note && <span className="unit">{note}</span>}
        </span>
      </div>
      <Plot
        look={look}
        data={data}
        range={range}
        marks={NO_MARKS}
        limit={limit}
        syncKey={syncKey}
        label={label}
        onHover={NOTHING}
        onZoom={onZoom}
        onResetZoom={onResetZoom}
      />
    </section>
  );
}
