/** One JSON object that is a whole file → its rows. */

/** Columns whose single value is a list of numbers already. */
const LISTS_OF_NUMBERS = new Set(['input_ids', 'labels', 'attention_mask']);
/** Names under which exports put their rows. */
const ROW_LISTS = new Set(['data', 'rows', 'train', 'examples', 'dataset', 'items', 'records']);

/**
 * `{a: [1, 2], b: [3, 4]}` → two rows, also with pandas' `{a: {"0": 1, "1": 2}}`; `{data: [{…}, {…}]}` → its
 * entries; any other value → itself, the only row.
 */
export function expandDocument(value: unknown): readonly unknown[] {
  if (!isRecord(value)) return [value];
  const entries = Object.entries(value);
  const lists = entries.filter(
    ([, entry]) => Array.isArray(entry) && entry.length > 0 && entry.every(isRecord),
  );
  const [named, ...others] = lists.filter(([key]) => ROW_LISTS.has(key.toLowerCase()));
  if (named && others.length === 0) return named[1] as unknown[];
  return fromColumns(entries) ?? [value];
}

function fromColumns(entries: readonly [string, unknown][]): readonly unknown[] | null {
  const columns: [string, readonly unknown[]][] = [];
  for (const [name, entry] of entries) {
    const cells = Array.isArray(entry) ? entry : indexed(entry);
    if (!cells || cells.length !== (columns[0]?.[1].length ?? cells.length)) return null;
    if (isOneRow(name.toLowerCase(), cells)) return null;
    columns.push([name, cells]);
  }
  const [first] = columns;
  if (!first) return null;
  return first[1].map((_, row) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]])));
}

/** Messages and token ids are lists in a single row too: `{messages: [{role: …}, …]}` is one row. */
function isOneRow(name: string, cells: readonly unknown[]): boolean {
  if (LISTS_OF_NUMBERS.has(name)) return cells.some(cell => typeof cell === 'number');
  return cells.some(cell => isRecord(cell) && ('role' in cell || 'from' in cell));
}

/** `{"0": a, "1": b}` → `[a, b]`; null for any other keys. */
function indexed(entry: unknown): unknown[] | null {
  if (!isRecord(entry)) return null;
  const keys = Object.keys(entry);
  if (keys.length === 0 || keys.some((key, i) => key !== String(i))) return null;
  return Object.values(entry);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
