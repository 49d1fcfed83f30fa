/** What measuring a run's losses leaves behind, and what of it is shown. */
import type { LossReport, LossSplit, RowLoss } from '../../../src-shared/domain/row-losses.ts';
import type { RunHashes } from '../../../src-shared/domain/training.ts';
import type { Recipe } from '../../../src-shared/recipe/schema.ts';

/** What is to be measured: the loss of each row with a run's adapter, kept in `outputPath`. */
export interface LossMeasurement {
  /** The run's. */
  readonly recipe: Recipe;
  readonly preparedPath: string;
  readonly directory: string;
  readonly adapterPath: string;
  readonly outputPath: string;
  readonly split: LossSplit;
  /** Of more rows, so many are drawn at random. */
  readonly maxRows: number;
  /** The time to be noted, ISO 8601. */
  readonly at: string;
}

export interface LossesMeta {
  readonly split: LossSplit;
  /** ISO 8601, UTC. */
  readonly measuredAt: string;
  readonly hashes: RunHashes;
  readonly adapterSha256: string;
  /** Rows with a trained token that the split has; fewer may have been measured. */
  readonly totalRows: number;
  /** In the order of the data. */
  readonly rows: readonly RowLoss[];
}

export interface TokenLosses {
  readonly ids: Int32Array;
  /** NaN where no loss is taken. */
  readonly losses: Float32Array;
}

const BINS = 24;

/** The `top` worst rows and how the losses are spread. Ties stay in the order of the data. */
export function reportLosses(
  { split, measuredAt, rows, totalRows }: Omit<LossesMeta, 'hashes' | 'adapterSha256'>,
  top: number,
): LossReport {
  const trained = rows.reduce((sum, row) => sum + row.trainedTokens, 0);
  const lossSum = rows.reduce((sum, row) => sum + row.loss * row.trainedTokens, 0);
  return {
    split,
    measuredAt,
    rows: rows.length,
    totalRows,
    meanLoss: lossSum / trained,
    bins: binsOf(rows.map(({ loss }) => loss)),
    worst: rows.toSorted((a, b) => b.loss - a.loss).slice(0, top),
  };
}

function binsOf(losses: readonly number[]): LossReport['bins'] {
  const lowest = losses.reduce((least, loss) => Math.min(least, loss), Number.POSITIVE_INFINITY);
  const highest = losses.reduce((most, loss) => Math.max(most, loss), Number.NEGATIVE_INFINITY);
  const width = (highest - lowest) / BINS;
  if (!(width > 0)) return [{ from: lowest, to: highest, rows: losses.length }];
  const counts = new Array<number>(BINS).fill(0);
  for (const loss of losses) {
    const bin = Math.min(BINS - 1, Math.floor((loss - lowest) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((rows, i) => ({ from: lowest + i * width, to: lowest + (i + 1) * width, rows }));
}

/** The worst trained tokens of an example, by place; ties in their order. */
export function worstPlaces(losses: Float32Array, count: number): number[] {
  const places: number[] = [];
  for (const [place, loss] of losses.entries()) if (!Number.isNaN(loss)) places.push(place);
  return places.sort((a, b) => (losses[b] ?? 0) - (losses[a] ?? 0)).slice(0, count);
}
