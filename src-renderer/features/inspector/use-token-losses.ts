/** The loss of each token of a row, as it was measured with a run's adapter. */
import { useCallback, useMemo } from 'react';
import type { LossSplit } from '../../../src-shared/domain/row-losses.ts';
import { useAnswer } from '../../backend-client/use-answer.ts';

export interface LossSource {
  readonly id: string;
  readonly split: LossSplit;
  /** Another measurement is another answer. */
  readonly measuredAt: string;
}

export interface ShownLosses {
  readonly isMeasured: boolean;
  /** There is a measurement, and the row is not in it. */
  readonly isMissing: boolean;
  /** Mean over the trained tokens, in nats. */
  readonly mean: number | null;
  /** The token with the highest loss. */
  readonly worst: number | null;
  /** Null where no loss is taken, or another token was measured at this place. */
  lossAt(index: number, tokenId: number | undefined): number | null;
  /** Whether this token was measured at this place. */
  fits(index: number, tokenId: number | undefined): boolean;
}

export function useTokenLosses(source: LossSource | null, row: number, part: number): ShownLosses {
  const key = source === null ? null : { id: source.id, split: source.split, row, part };
  const answer = useAnswer('losses.tokens', key);
  const value = answer.isPending ? null : answer.value;
  const lossAt = useCallback(
    (index: number, tokenId: number | undefined) =>
      value !== null && value.ids[index] === tokenId ? (value.losses[index] ?? null) : null,
    [value],
  );
  const fits = useCallback(
    (index: number, tokenId: number | undefined) => value?.ids[index] === tokenId,
    [value],
  );
  return useMemo(() => {
    const losses = value?.losses ?? [];
    const isMeasured = losses.length > 0;
    return { isMeasured, isMissing: value !== null && !isMeasured, ...summedUp(losses), lossAt, fits };
  }, [value, lossAt, fits]);
}

function summedUp(losses: readonly (number | null)[]): Pick<ShownLosses, 'mean' | 'worst'> {
  let worst: number | null = null;
  let sum = 0;
  let count = 0;
  for (const [i, loss] of losses.entries()) {
    if (loss === null) continue;
    sum += loss;
    count++;
    if (worst === null || loss > (losses[worst] ?? 0)) worst = i;
  }
  return { worst, mean: count === 0 ? null : sum / count };
}
