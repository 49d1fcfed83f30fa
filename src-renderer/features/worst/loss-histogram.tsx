/** How many rows have which loss, and where the chosen one stands. */
import type { LossReport } from '../../../src-shared/domain/row-losses.ts';
import { formatCount, formatLoss } from '../../format/numbers.ts';
import { worstStrings as strings } from '../../strings/worst.ts';

interface LossHistogramProps {
  readonly bins: LossReport['bins'];
  /** Of the chosen row. */
  readonly loss: number | null;
}

export function LossHistogram({ bins, loss }: LossHistogramProps) {
  const [first, last] = [bins[0], bins.at(-1)];
  const fullest = bins.reduce((most, bin) => (bin.rows > most.rows ? bin : most), bins[0] ?? NO_BIN);
  if (!first || !last) return null;
  const chosen = loss === null ? -1 : bins.findLastIndex(bin => bin.from <= loss);
  return (
    <div>
      <div
        className="loss-histogram"
        role="img"
        aria-label={strings.histogram(
          formatLoss(first.from),
          formatLoss(last.to),
          formatCount(fullest.rows),
          formatLoss(fullest.from),
          formatLoss(fullest.to),
        )}
      >
        {bins.map((bin, i) => (
          <span
            key={bin.from}
            data-chosen={i === chosen || undefined}
            title={`${formatLoss(bin.from)}–${formatLoss(bin.to)}: ${formatCount(bin.rows)}`}
          >
            <i style={{ height: `${(bin.rows / Math.max(1, fullest.rows)) * 100}%` }} />
          </span>
        ))}
      </div>
      <div className="row loss-axis small quiet" aria-hidden="true">
        <span className="grow">{formatLoss(first.from)}</span>
        <span>{formatLoss(last.to)}</span>
      </div>
    </div>
  );
}

const NO_BIN = { from: 0, to: 0, rows: 0 };
