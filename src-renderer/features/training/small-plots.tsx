/** Learning rate, gradient norm, speed and memory, small, under the loss and on the same axis. */
import { type ReactNode, useId, useMemo } from 'react';
import type { MetricMeasure } from '../../../src-shared/domain/run-metrics.ts';
import { formatBytes, formatLarge, formatRate, formatShort, formatWholeBytes } from '../../format/numbers.ts';
import { formatDecimals, formatRates } from '../../plots/axis-format.ts';
import { nearestIndex } from '../../plots/plot-data.ts';
import type { HoverPlace } from '../../plots/plot-options.ts';
import { summariseSeries } from '../../plots/plot-summary.ts';
import { type MeasureLook, SeriesPlot, type SharedPlot } from '../../plots/series-plot.tsx';
import { strings } from '../../strings.ts';
import { type DrawnPart, useMeasurePoints } from './measure-points.ts';
import type { RecipeFacts } from './recipe-facts.ts';

interface SmallPlotsProps {
  readonly drawn: DrawnPart;
  readonly shared: SharedPlot;
  /** Null shows the latest value. */
  readonly hover: HoverPlace | null;
  readonly facts: RecipeFacts;
}

interface PlotKind {
  readonly field: MetricMeasure;
  readonly title: string;
  readonly look: MeasureLook;
}

const POWERS_OF_TWO = Array.from({ length: 48 }, (_, exponent) => 2 ** exponent);
const SMALL = {
  mayBeLog: false,
  fromZero: true,
  axisWidth: 52,
  tickSpace: { x: 44, y: 28 },
  maxPoints: 800,
} as const;

const KINDS: readonly PlotKind[] = [
  {
    field: 'learningRate',
    title: strings.run.learningRate,
    look: {
      ...SMALL,
      series: [{ colour: 'smooth', width: 1.5 }],
      format: formatRate,
      formatTicks: formatRates,
    },
  },
  {
    field: 'gradNorm',
    title: strings.run.gradNorm,
    look: {
      ...SMALL,
      series: [{ colour: 'third', width: 1.25 }],
      format: formatShort,
      formatTicks: formatDecimals,
    },
  },
  {
    field: 'tokensPerSecond',
    title: strings.run.speed,
    look: {
      ...SMALL,
      series: [{ colour: 'second', width: 1.25 }],
      format: formatShort,
      formatTicks: values => values.map(formatLarge),
    },
  },
  {
    field: 'memoryBytes',
    title: strings.run.memory,
    look: {
      ...SMALL,
      series: [{ colour: 'fourth', width: 1.5 }],
      format: formatBytes,
      tickSteps: POWERS_OF_TWO,
      formatTicks: values => values.map(value => (value === 0 ? '0' : formatWholeBytes(value))),
    },
  },
];

export function SmallPlots({ drawn, shared, hover, facts }: SmallPlotsProps) {
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
            drawn={drawn}
            shared={shared}
            hover={hover}
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

function SmallPlot({ kind, drawn, shared, hover, limit, note }: SmallPlotProps) {
  const titleId = useId();
  const { field, title, look } = kind;
  const points = useMeasurePoints(drawn, field);
  const lines = useMemo(() => [points], [points]);
  const label = useMemo(() => summariseSeries(title, points.y, look.format), [points, title, look]);
  const shown = points.y[hover ? nearestIndex(points.x, hover.value) : points.y.length - 1];
  return (
    <section className="card small-plot" aria-labelledby={titleId}>
      <div className="row small-plot-head">
        <h3 id={titleId} className="grow clip">
          {title}
        </h3>
        <span className="small clip">
          <strong>{shown === undefined ? '–' : look.format(shown)}</strong>{' '}
          {note && <span className="unit">{note}</span>}
        </span>
      </div>
      <div className="small-plot-body">
        <SeriesPlot look={look} lines={lines} shared={shared} label={label} limit={limit} />
      </div>
    </section>
  );
}
