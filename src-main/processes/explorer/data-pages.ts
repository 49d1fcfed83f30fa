/** The rows of a recipe's data files, any page of them: by an index where the file has one, else from the start. */
import { type Outcome, ok } from '../../../src-shared/contract/coded-error.ts';
import type { Row } from '../../../src-shared/domain/conversation.ts';
import type { ReadRow } from '../../adapters/readers/data-file.ts';
import { indexLines, type LineIndex, readIndexedRows } from '../../adapters/readers/line-index.ts';
import type { RowFormat } from '../../pipeline/import/import-options.ts';
import { createRowImporter, type RowImporter } from '../../pipeline/import/import-row.ts';
import type { DatasetKeys } from '../../pipeline/questions.ts';
import { needsTemplate } from '../preparer/import-read-row.ts';
import { asDataError, type PlannedFile, planFile } from '../preparer/read-rows.ts';

const PAGE_ROWS = 200;
const KEPT_PAGES = 50;

interface Source {
  readonly path: string;
  readonly planned: PlannedFile;
  readonly importer: RowImporter;
  readonly index: LineIndex | null;
}

/** A row as it stands in the file, and what importing made of it. */
export interface PagedRow {
  readonly read: ReadRow;
  readonly row: Row;
}

export class DataPages {
  /** What the labeller is to be opened for: see `detectRecipeFormat`. */
  readonly format: RowFormat;
  readonly #sources: readonly Source[];
  readonly #limit: number | null;
  readonly #pages = new Map<number, PagedRow[]>();
  #cursor: { readonly rows: AsyncGenerator<PagedRow>; at: number } | null = null;
  #counted: number | null = null;

  private constructor(sources: readonly Source[], limit: number | null) {
    const formats = sources.map(({ planned }) => planned.options.format);
    this.format = formats.find(needsTemplate) ?? formats.find(format => format === 'text') ?? 'tokenized';
    this.#sources = sources;
    this.#limit = limit;
  }

  static async open(
    paths: readonly string[],
    keys: DatasetKeys,
    limit: number | null,
    signal: AbortSignal,
  ): Promise<Outcome<DataPages>> {
    const sources: Source[] = [];
    for (const path of paths) {
      const planned = await planFile(path, keys);
      if (!planned.ok) return planned;
      const index =
        planned.value.file.kind === 'jsonl'
          ? await indexLines(path, PAGE_ROWS, signal).catch(thrown => {
              throw asDataError(path, thrown);
            })
          : null;
      sources.push({
        path,
        planned: planned.value,
        importer: createRowImporter(planned.value.options),
        index,
      });
    }
    return ok(new DataPages(sources, limit));
  }

  /** Null until the end has been seen. */
  get total(): number | null {
    const indexed = this.#sources.reduce<number | null>(
      (sum, { index }) => (sum === null || index === null ? null : sum + index.rows),
      0,
    );
    const counted = indexed ?? this.#counted;
    return counted === null || this.#limit === null ? counted : Math.min(counted, this.#limit);
  }

  async row(row: number): Promise<PagedRow | null> {
    const page = await this.#page(Math.floor(row / PAGE_ROWS));
    return page[row % PAGE_ROWS] ?? null;
  }

  async rows(from: number, count: number): Promise<PagedRow[]> {
    const found: PagedRow[] = [];
    for (let at = from; found.length < count; ) {
      const page = await this.#page(Math.floor(at / PAGE_ROWS));
      const part = page.slice(at % PAGE_ROWS, (at % PAGE_ROWS) + count - found.length);
      if (part.length === 0) break;
      found.push(...part);
      at += part.length;
    }
    return found;
  }

  async #page(number: number): Promise<PagedRow[]> {
    const known = this.#pages.get(number);
    if (known) return known;
    const all = this.#sources.every(({ index }) => index !== null)
      ? await this.#readIndexed(number)
      : await this.#readOn(number);
    const page = this.#limit === null ? all : all.filter(({ read }) => read.row < (this.#limit ?? 0));
    this.#pages.set(number, page);
    for (const oldest of [...this.#pages.keys()].slice(0, -KEPT_PAGES)) this.#pages.delete(oldest);
    return page;
  }

  async #readIndexed(number: number): Promise<PagedRow[]> {
    const page: PagedRow[] = [];
    let firstRow = 0;
    for (const { path, index, importer } of this.#sources) {
      const from = number * PAGE_ROWS + page.length - firstRow;
      if (index && from < index.rows && page.length < PAGE_ROWS) {
        const read = await readIndexedRows(path, index, from, PAGE_ROWS - page.length, firstRow).catch(
          thrown => {
            throw asDataError(path, thrown);
          },
        );
        page.push(...read.map(row => imported(row, importer)));
      }
      firstRow += index?.rows ?? 0;
    }
    return page;
  }

  /** Goes on from the last page read, or anew where a page before it is asked for. */
  async #readOn(number: number): Promise<PagedRow[]> {
    const first = number * PAGE_ROWS;
    if (!this.#cursor || this.#cursor.at > first) {
      await this.#cursor?.rows.return(undefined);
      this.#cursor = { rows: this.#fromStart(), at: 0 };
    }
    const cursor = this.#cursor;
    const page: PagedRow[] = [];
    while (page.length < PAGE_ROWS) {
      const next = await cursor.rows.next();
      if (next.done) {
        this.#counted = cursor.at;
        break;
      }
      if (cursor.at >= first) page.push(next.value);
      cursor.at++;
    }
    return page;
  }

  async *#fromStart(): AsyncGenerator<PagedRow> {
    let row = 0;
    for (const { path, planned, importer } of this.#sources) {
      try {
        for await (const read of planned.file.rows(row)) {
          row = read.row + 1;
          yield imported(read, importer);
        }
      } catch (error) {
        throw asDataError(path, error);
      }
    }
  }
}

function imported(read: ReadRow, importer: RowImporter): PagedRow {
  const place = { row: read.row, line: read.line };
  if (read.ok) return { read, row: importer.importRow(read.value, place) };
  return {
    read,
    row: { ...place, kind: 'invalid', findings: [], code: read.code, message: read.message },
  };
}
