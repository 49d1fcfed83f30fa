/**
 * Best-fit-decreasing bin packing: each example, longest first, goes into the row that it leaves least
 * space in. Ding and others, "Fewer Truncations Improve Language Modeling", 2024; TRL packs likewise.
 *
 *     lengths [3 5 2 4 1], rows of 6  →  examples [0] [1 4] [2 3], which fill 3, 5 + 1 and 2 + 4
 */
import type { BatchRows } from './batch-rows.ts';

/** No row. */
const NONE = -1;
/** Longer rows fit no trainer; the tables below stay small whatever `maxLength` says. */
const LONGEST_ROW = 1 << 20;

/**
 * Rows of at most `maxLength` tokens. Among examples of one length, `order` (a permutation of all
 * examples) says which comes first; it cannot change how many rows there are or how full they are, since
 * only lengths decide that. Rows come in the order of their earliest example, examples in theirs.
 * O(n log maxLength). Throws a RangeError for an example longer than a row.
 */
export function packRows(lengths: Uint32Array, order: Uint32Array, maxLength: number): BatchRows {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (longest > maxLength) throw new RangeError(`An example of ${longest} tokens is no row of ${maxLength}.`);
  const capacity = Math.min(maxLength, Math.max(LONGEST_ROW, longest));
  const open = new OpenRows(capacity, order.length);
  const rowOf = new Int32Array(order.length);
  const longestFirst = sortByKey(order, longest + 1, example => longest - (lengths[example] ?? 0));
  for (const example of longestFirst.sorted) rowOf[example] = open.place(lengths[example] ?? 0);
  const numbers = numberByFirst(rowOf, order, open.count);
  const { starts, sorted } = sortByKey(order, open.count, example => numbers[rowOf[example] ?? 0] ?? 0);
  return { starts, members: sorted };
}

/** Counting sort: items of one key keep their order; `starts[key]` is where those of a key begin. */
function sortByKey(items: Uint32Array, keys: number, keyOf: (item: number) => number) {
  const starts = new Uint32Array(keys + 1);
  for (const item of items) increment(starts, keyOf(item) + 1);
  for (let key = 1; key <= keys; key++) starts[key] = (starts[key] ?? 0) + (starts[key - 1] ?? 0);
  const next = starts.slice();
  const sorted = new Uint32Array(items.length);
  for (const item of items) sorted[increment(next, keyOf(item))] = item;
  return { starts, sorted };
}

/** Adds one to an entry; the entry before. */
function increment(counts: Uint32Array, at: number): number {
  const before = counts[at] ?? 0;
  counts[at] = before + 1;
  return before;
}

/** The rows' numbers in the order of their first examples. */
function numberByFirst(rowOf: Int32Array, order: Uint32Array, count: number): Int32Array {
  const numbers = new Int32Array(count).fill(NONE);
  let named = 0;
  for (const example of order) {
    const row = rowOf[example] ?? 0;
    if (numbers[row] === NONE) numbers[row] = named++;
  }
  return numbers;
}

/** Rows by the space that is left in them: the tightest that still fits is found in O(log capacity). */
class OpenRows {
  readonly #capacity: number;
  /** By space, the row that was put there last. */
  readonly #newest: Int32Array;
  /** By row, the one that was put into the same space before it. */
  readonly #older: Int32Array;
  /** A complete binary tree over the spaces: 1 where a row has a space below. Node 1 is the root. */
  readonly #tree: Uint8Array;
  readonly #leaves: number;
  count = 0;

  constructor(capacity: number, mostRows: number) {
    this.#capacity = capacity;
    this.#newest = new Int32Array(capacity + 1).fill(NONE);
    this.#older = new Int32Array(mostRows);
    this.#leaves = 2 ** Math.ceil(Math.log2(capacity + 1));
    this.#tree = new Uint8Array(this.#leaves * 2);
  }

  /** Takes `length` tokens from the tightest row that has them, or opens one; the row's number. */
  place(length: number): number {
    const space = this.#tightest(length);
    const row = space === NONE ? this.count++ : this.#take(space);
    this.#put(row, (space === NONE ? this.#capacity : space) - length);
    return row;
  }

  /** The smallest space of at least `length` that a row has, or NONE. */
  #tightest(length: number): number {
    let node = this.#leaves + length;
    if (this.#tree[node] === 1) return length;
    while (node > 1 && (node % 2 === 1 || this.#tree[node + 1] === 0)) node >>= 1;
    if (node <= 1) return NONE;
    for (node++; node < this.#leaves; ) node = node * 2 + (this.#tree[node * 2] === 1 ? 0 : 1);
    return node - this.#leaves;
  }

  #take(space: number): number {
    const row = this.#newest[space] ?? NONE;
    const older = this.#older[row] ?? NONE;
    this.#newest[space] = older;
    if (older === NONE) this.#mark(space, 0);
    return row;
  }

  #put(row: number, space: number): void {
    const newest = this.#newest[space] ?? NONE;
    this.#older[row] = newest;
    this.#newest[space] = row;
    if (newest === NONE) this.#mark(space, 1);
  }

  #mark(space: number, has: 0 | 1): void {
    let node = this.#leaves + space;
    this.#tree[node] = has;
    for (node >>= 1; node > 0; node >>= 1) {
      this.#tree[node] = (this.#tree[node * 2] ?? 0) | (this.#tree[node * 2 + 1] ?? 0);
    }
  }
}
