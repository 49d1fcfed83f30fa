/** The rows of one pass over the examples: which examples share a row. Two numbers per example, no objects. */

export interface BatchRows {
  /** Row r holds `members[starts[r]] … members[starts[r + 1] - 1]`; one entry more than there are rows. */
  readonly starts: Uint32Array;
  /** Example indices, each once. */
  readonly members: Uint32Array;
}

/** One example a row, in the given order. */
export function singleRows(order: Uint32Array): BatchRows {
  return { starts: Uint32Array.from({ length: order.length + 1 }, (_, i) => i), members: order };
}

export function countRows({ starts }: BatchRows): number {
  return starts.length - 1;
}

/** The examples of row r, in the order in which they stand in it. */
export function examplesOf({ starts, members }: BatchRows, row: number): number[] {
  return [...members.subarray(starts[row], starts[row + 1])];
}

/** Tokens of each row. */
export function rowLengths(rows: BatchRows, lengths: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: countRows(rows) }, (_, row) => {
    let tokens = 0;
    for (let i = rows.starts[row] ?? 0; i < (rows.starts[row + 1] ?? 0); i++)
      tokens += lengths[rows.members[i] ?? 0] ?? 0;
    return tokens;
  });
}
