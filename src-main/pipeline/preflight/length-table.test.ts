import { describe, expect, it } from 'vitest';
import type { LabelTrace } from '../../../src-shared/domain/labels.ts';
import { truncateExample } from '../truncate-example.ts';
import { LengthTable } from './length-table.ts';

const trace = (uncutTokens: number, firstTrained: number, lastTrained: number): LabelTrace => ({
  uncutTokens,
  uncutTrainable: firstTrained < 0 ? 0 : lastTrained - firstTrained + 1,
  firstTrained,
  lastTrained,
  proof: null,
  code: null,
});

function tableOf(...traces: readonly LabelTrace[]): LengthTable {
  const table = new LengthTable();
  for (const [row, one] of traces.entries()) table.add(row, one);
  return table;
}

describe('LengthTable', () => {
  it('finds the smallest limit that recovers a share of the cut rows', () => {
    const table = tableOf(...[90, 110, 120, 130, 200].map(tokens => trace(tokens, 5, tokens - 1)));
    // Above 100 lie 110, 120, 130 and 200: three of four are whole at 130.
    expect(table.limitThatRecovers(0.75, 100)).toBe(130);
    expect(table.limitThatRecovers(1, 100)).toBe(200);
    expect(table.limitThatRecovers(1, 200)).toBeNull();
  });

  it('leaves out rows without a trained token, which no limit helps, and names the others', () => {
    const table = tableOf(trace(300, -1, -1), trace(300, 3, 8), trace(20, 3, 8), trace(400, 3, 8));
    expect(table.countCut(100, 'right').cut).toBe(2);
    expect(table.rowsAbove(100, 1)).toEqual([1]);
    expect(table.rowsAbove(100, 9)).toEqual([1, 3]);
  });

  it('keeps what many examples told it', () => {
    const table = new LengthTable();
    for (let row = 0; row < 5000; row++) table.add(row, trace(row, 1, 1));
    expect(table.examples).toBe(5000);
    expect(table.countCut(4989, 'right')).toEqual({ cut: 10, lost: 0 });
  });

  it.each(['right', 'left', 'prompt-first'] as const)(
    'agrees with the cut itself on what %s leaves',
    truncation => {
      for (const [tokens, first, last] of [
        [12, 8, 11],
        [12, 1, 3],
        [12, 5, 6],
        [12, 4, 4],
        [12, 7, 7],
        [12, 8, 8],
      ] as const) {
        const inputIds = Int32Array.from({ length: tokens }, (_, i) => i + 1);
        const labels = inputIds.map((id, i) => (i >= first && i <= last ? id : -100));
        for (let maxLength = 2; maxLength < tokens; maxLength++) {
          const cut = truncateExample({ inputIds, labels }, { maxLength, truncation, bosId: null });
          const isLost = !cut.labels.some((label, i) => i > 0 && label !== -100);
          const table = tableOf(trace(tokens, first, last));
          expect(table.countCut(maxLength, truncation), `${first}-${last} at ${maxLength}`).toEqual({
            cut: 1,
            lost: isLost ? 1 : 0,
          });
        }
      }
    },
  );
});
