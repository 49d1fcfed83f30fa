/** The first records of a text file → which delimiter it uses and whether it begins with column names. */
import { isKnownColumn } from '../../pipeline/import/column-names.ts';
import type { FileNote } from './data-file.ts';
import { splitFields } from './delimited-records.ts';

export interface DelimitedHeader {
  readonly delimiter: string;
  /** One name per field; empty where the column has none and is left out. */
  readonly columns: readonly string[];
  /** False where the first record is a row already. */
  readonly named: boolean;
  readonly notes: readonly FileNote[];
}

const DELIMITERS = ['\t', ',', ';', '|'];
/** Longer cells are sentences, not names. */
const LONGEST_NAME = 40;

/**
 * Null where the records are no table. `trusted`: the file's name says that it is one, so a single column
 * and unknown names do too; `wanted`: column names of the recipe.
 */
export function readHeader(
  records: readonly string[],
  trusted: boolean,
  wanted: ReadonlySet<string>,
): DelimitedHeader | null {
  const [first, second] = records;
  if (first === undefined) return null;
  const delimiter = chooseDelimiter(records);
  if (delimiter === null && !trusted) return null;
  const cells = splitFields(first, delimiter ?? ',').map(cell => cell.trim());
  const isName = (cell: string) => wanted.has(cell) || isKnownColumn(cell);
  const names = cells.filter(isName).length;
  if (!trusted && names < 2) return null;
  const next = second === undefined ? null : splitFields(second, delimiter ?? ',');
  const named =
    names > 0 || (cells.length > 2 && looksLikeNames(cells)) || (next !== null && differ(cells, next));
  if (!named) return headerless(cells, delimiter ?? ',');
  return { delimiter: delimiter ?? ',', columns: distinct(cells), named, notes: noteUnnamed(cells) };
}

/** The one that parts the first record most, and all others into as many fields. */
function chooseDelimiter(records: readonly string[]): string | null {
  const counted = DELIMITERS.map(delimiter => {
    const counts = records.map(record => splitFields(record, delimiter).length);
    const same = counts.filter(count => count === counts[0]).length / counts.length;
    return { delimiter, fields: counts[0] ?? 0, same };
  }).filter(({ fields }) => fields > 1);
  const [best] = counted.sort((a, b) => b.same - a.same || b.fields - a.fields);
  return best?.delimiter ?? null;
}

/** Short words in the first record, longer or numeric cells below: `review,sentiment` over a sentence. */
function differ(first: readonly string[], second: readonly string[]): boolean {
  if (!looksLikeNames(first)) return false;
  return second.some(cell => cell.length > LONGEST_NAME || /\s/.test(cell.trim()) || /^[\d.]+$/.test(cell));
}

function looksLikeNames(cells: readonly string[]): boolean {
  return (
    new Set(cells).size === cells.length &&
    cells.every(cell => cell.length <= LONGEST_NAME && /^\p{L}[\p{L}\p{N}_.-]*$/u.test(cell))
  );
}

/** Two columns without names can only be a prompt and its answer; one can only be text. */
function headerless(cells: readonly string[], delimiter: string): DelimitedHeader {
  const columns =
    cells.length === 1
      ? ['text']
      : cells.length === 2
        ? ['prompt', 'completion']
        : cells.map((_, i) => `column${i + 1}`);
  const message = `The file has no header; its columns are taken as ${columns.join(', ')}. The first line is a row.`;
  return { delimiter, columns, named: false, notes: [{ code: 'data.headerless', message }] };
}

function noteUnnamed(cells: readonly string[]): FileNote[] {
  const at = cells.indexOf('');
  if (at < 0) return [];
  const where =
    at === 0 ? 'The first column has no name (an index that pandas wrote?)' : `Column ${at + 1} has no name`;
  return [{ code: 'data.unnamedColumn', message: `${where}; it is left out.` }];
}

/** Names that stand twice get a number, so that no column hides another. */
function distinct(cells: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return cells.map(cell => {
    const count = (seen.get(cell) ?? 0) + 1;
    seen.set(cell, count);
    return count > 1 && cell !== '' ? `${cell}.${count}` : cell;
  });
}
