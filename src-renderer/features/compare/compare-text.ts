/** A comparison as text to paste: a Markdown table, or CSV. Pure. */

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
