/** A table as text: Markdown, CSV, or columns for a terminal. Pure. */

export type TextTable = readonly (readonly string[])[];

/** The first row is the header. */
export function asMarkdown(table: TextTable): string {
  const [head = [], ...rows] = table.map(row =>
    row.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')),
  );
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |\n`).join('');
}

/** RFC 4180, with line feeds. */
export function asCsv(table: TextTable): string {
  return table
    .map(
      row =>
        `${row.map(cell => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`,
    )
    .join('');
}

/** For a table that is computed with: no separators of thousands, at most six digits that matter. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** Columns as wide as their widest cell, two spaces apart; line breaks in a cell become spaces. */
export function asColumns(table: TextTable): string {
  const rows = table.map(row => row.map(cell => cell.replaceAll(/\s*\n\s*/g, ' ')));
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => row[i]?.length ?? 0)));
  return rows
    .map(
      row =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
