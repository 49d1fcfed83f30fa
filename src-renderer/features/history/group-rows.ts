/** Rows of a grouped table: a heading for each group, and its runs below unless it is folded. Pure. */
import type { RunGroup } from '../../../src-shared/domain/run-list.ts';

export type TableRow =
  | { readonly kind: 'group'; readonly group: RunGroup; readonly isFolded: boolean }
  /** The run's place among all that are found. */
  | { readonly kind: 'run'; readonly place: number };

export interface GroupRows {
  readonly count: number;
  /** For rows from 0 to below `count`. */
  rowAt(row: number): TableRow;
}

/** Without groups each run is a row. */
export function groupRows(
  groups: readonly RunGroup[],
  folded: ReadonlySet<string>,
  matches: number,
): GroupRows {
  if (groups.length === 0) return { count: matches, rowAt: row => ({ kind: 'run', place: row }) };
  let row = 0;
  let place = 0;
  const blocks = groups.map(group => {
    const isFolded = folded.has(group.value);
    const block = { row, place, group, isFolded };
    row += isFolded ? 1 : 1 + group.count;
    place += group.count;
    return block;
  });
  return {
    count: row,
    rowAt(wanted) {
      const block = lastUpTo(blocks, wanted);
      if (wanted === block.row) return { kind: 'group', group: block.group, isFolded: block.isFolded };
      return { kind: 'run', place: block.place + wanted - block.row - 1 };
    },
  };
}

/** By halving: a history may have as many groups as runs. */
function lastUpTo<T extends { readonly row: number }>(blocks: readonly T[], row: number): T {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((blocks[middle]?.row ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  const block = blocks[low];
  if (block === undefined) throw new Error('There are no groups.');
  return block;
}
