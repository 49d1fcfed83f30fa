import { describe, expect, it } from 'vitest';
import type { RowLoss } from '../../../src-shared/domain/row-losses.ts';
import { reportLosses, worstPlaces } from './stored-losses.ts';

function rowWith(row: number, loss: number, trainedTokens = 1): RowLoss {
  return { row, line: row + 1, part: 0, tokens: 9, trainedTokens, loss, excerpt: '', worstTokens: [] };
}

function report(rows: readonly RowLoss[], top = 10) {
  return reportLosses({ split: 'training', measuredAt: '', totalRows: rows.length, rows }, top);
}

describe('the report of losses', () => {
  it('puts the worst rows first, those of equal loss in the order of the data', () => {
    const { worst } = report([rowWith(0, 1), rowWith(1, 3), rowWith(2, 0.5), rowWith(3, 3)], 3);
    expect(worst.map(({ row }) => row)).toEqual([1, 3, 0]);
  });

  it('weighs each row of the mean by its trained tokens', () => {
    expect(report([rowWith(0, 1, 30), rowWith(1, 5, 10)]).meanLoss).toBe(2);
  });

  it('counts every row in one bin, the lowest and the highest too', () => {
    const losses = Array.from({ length: 500 }, (_, i) => ((i * 7919) % 500) / 100);
    const { bins } = report(losses.map((loss, row) => rowWith(row, loss)));
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(500);
    expect(bins[0]?.from).toBe(0);
    expect(bins.at(-1)?.to).toBeCloseTo(4.99, 12);
    for (const { from, to, rows } of bins.slice(0, -1))
      expect(rows).toBe(losses.filter(loss => loss >= from && loss < to).length);
  });

  it('has one bin where all rows have one loss', () => {
    expect(report([rowWith(0, 2), rowWith(1, 2)]).bins).toEqual([{ from: 2, to: 2, rows: 2 }]);
  });
});

describe('the worst tokens', () => {
  it('are those with a loss, worst first', () => {
    expect(worstPlaces(Float32Array.of(Number.NaN, 1, 9, Number.NaN, 9, 0), 3)).toEqual([2, 4, 1]);
  });
});
