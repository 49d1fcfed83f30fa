/** The first bytes of a file → what it is. Content decides; the name only where content leaves it open. */
import type { CodedError } from '../../../src-shared/contract/coded-error.ts';
import { type DelimitedHeader, readHeader } from './delimited-header.ts';
import { emptyFile, wrongKind } from './file-errors.ts';

export type Content =
  | { readonly kind: 'jsonl' | 'json' | 'parquet' | 'text' }
  | { readonly kind: 'delimited'; readonly header: DelimitedHeader }
  | { readonly kind: 'refused'; readonly error: CodedError };

export interface SniffOptions {
  /** Of the file's name, without the dot and without `gz`. */
  readonly extension: string;
  /** Whether `head` is all there is. */
  readonly whole: boolean;
  /** Column names of the recipe. */
  readonly wanted: ReadonlySet<string>;
}

/** What begins with these bytes, as its owner would call it. */
const BINARY_KINDS: readonly (readonly [magic: string, what: string])[] = [
  ['PK\x03\x04', 'a zip archive (Excel workbooks and Word documents are zip archives too)'],
  ['\xd0\xcf\x11\xe0', 'an old Excel or Word document'],
  ['%PDF-', 'a PDF document'],
  ['GGUF', 'a GGUF model'],
  ['SQLite format 3\0', 'an SQLite database'],
  ['\x28\xb5\x2f\xfd', 'packed with zstd'],
  ['BZh', 'packed with bzip2'],
  ['\xfd7zXZ\0', 'packed with xz'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['ARROW1', 'an Arrow file'],
  ['Obj\x01', 'an Avro file'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['\x7fELF', 'a program'],
  ['\x80\x04', 'a Python pickle'],
];

/** `[Scene 1]` and `[1] A note` are text. Single quotes are Python's, which is named later. */
const BEGINS_AS_JSON = /^(\{\s*["'}]|\[\s*[[{"'\]]|\[\s*-?[\d.]+\s*,)/;

export function sniffContent(head: Buffer, options: SniffOptions): Content {
  const start = head.subarray(0, 64).toString('latin1');
  if (start.startsWith('PAR1')) return { kind: 'parquet' };
  for (const [magic, what] of BINARY_KINDS) {
    if (start.startsWith(magic)) return refused(wrongKind('data.binary', what));
  }
  if (head.subarray(257, 262).toString('latin1') === 'ustar')
    return refused(wrongKind('data.binary', 'a tar archive'));
  if (head.includes(0)) return refused(wrongKind('data.binary', 'binary, not text'));
  const text = head.toString('utf8');
  const trimmed = text.trimStart();
  if (trimmed === '' && options.whole) return refused(emptyFile());
  if (trimmed.startsWith('version https://git-lfs.github.com/'))
    return refused(
      wrongKind(
        'data.lfsPointer',
        'a Git LFS pointer, not the data itself',
        'Fetch the data with `git lfs pull`.',
      ),
    );
  if (/^(<!doctype html|<html|<head)/i.test(trimmed))
    return refused(
      wrongKind(
        'data.webPage',
        'a web page, not the data itself',
        'Download the raw file instead of its page.',
      ),
    );
  if (/^<\?xml/i.test(trimmed)) return refused(wrongKind('data.notADataset', 'an XML document'));
  if (BEGINS_AS_JSON.test(trimmed)) return { kind: jsonKind(trimmed, options.whole) };
  return plainText(text, trimmed, options);
}

function refused(error: CodedError): Content {
  return { kind: 'refused', error };
}

/**
 * JSON Lines if the first line is a JSON value, or a later line is one that begins without indent; else one
 * document over several lines. `[{…},` and `{` begin documents, `{"a":` above `{"a": 1}` is a broken line.
 */
function jsonKind(text: string, whole: boolean): 'json' | 'jsonl' {
  const lines = text.split('\n');
  if (!whole) lines.pop();
  const [first = ''] = lines;
  const others = lines.slice(1).filter(line => line.trim() !== '');
  if (isJson(first)) {
    if (first.startsWith('[')) return others.length > 0 ? 'jsonl' : 'json';
    return others.length > 0 || !whole ? 'jsonl' : 'json';
  }
  if (lines.length === 0 || text.startsWith('[')) return 'json';
  if (others.length === 0) return 'jsonl';
  return others.slice(0, 50).some(line => line.startsWith('{') && isJson(line)) || looksLikeRows(lines)
    ? 'jsonl'
    : 'json';
}

/** Every line begins and ends as an object, though none is JSON (Python, NaN). */
function looksLikeRows(lines: readonly string[]): boolean {
  return lines.filter(line => line.trim() !== '').every(line => /^\{.*\S/.test(line) && /\}\s*$/.test(line));
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

const HEADER_RECORDS = 20;

function plainText(text: string, trimmed: string, options: SniffOptions): Content {
  const { extension, whole, wanted } = options;
  const trusted = extension === 'csv' || extension === 'tsv';
  const header = readHeader(firstRecords(text, whole), trusted, wanted);
  if (header) return { kind: 'delimited', header };
  if (extension === 'txt' || extension === 'text') return { kind: 'text' };
  if (extension === 'jsonl' || extension === 'ndjson') return { kind: 'jsonl' };
  if (extension === 'md' || extension === '') return { kind: 'text' };
  const scalar = isJson(trimmed);
  return refused({
    code: 'data.notADataset',
    title: scalar ? 'The file is a single JSON value, not a dataset.' : 'The file is not a dataset.',
    cause: `It begins with \`${trimmed.slice(0, 60).split('\n')[0]?.trim()}\`.`,
    remedy: 'Give a file of rows: JSONL, JSON, CSV, TSV, Parquet or text.',
  });
}

/** Lines joined while a quote is open; a last record that the head cuts off is left out. */
function firstRecords(text: string, whole: boolean): string[] {
  const records: string[] = [];
  let open = '';
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (records.length === HEADER_RECORDS || (index === lines.length - 1 && !whole)) break;
    open = open === '' ? line : `${open}\n${line}`;
    if ((open.match(/"/g)?.length ?? 0) % 2 === 1) continue;
    if (open.trim() !== '') records.push(open.replace(/\r$/, ''));
    open = '';
  }
  if (records.length === 0 && open.trim() !== '') records.push(open.split('\n')[0] ?? '');
  return records;
}
