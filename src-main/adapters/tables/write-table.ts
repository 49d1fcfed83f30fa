/** Writes a table of any length into a file, chunk by chunk: CSV, JSON or Parquet. */
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { asCsv } from '../../../src-shared/comparison/text-table.ts';
import type { Table, TableCell, TableColumn, TableFormat, WrittenTable } from '../../backend/ports.ts';
import type { TableWriter } from './table-writer.ts';

/** Rows are gathered to at least so many before they are written; of Parquet, they are a row group. */
const ROWS_AT_ONCE = 10_000;
/** Others have their turn at least so often: gathering the rows of a long history takes seconds. */
const TURN_EVERY_MS = 40;

export async function writeTable(
  directory: string,
  { name, columns, chunks }: Table,
  format: TableFormat,
  { signal, onRows }: { readonly signal: AbortSignal; readonly onRows: (rows: number) => void },
): Promise<WrittenTable> {
  mkdirSync(directory, { recursive: true });
  const file = `${name}.${format}`;
  const path = join(directory, file);
  const writer = await WRITERS[format](path, columns);
  let rows = 0;
  try {
    let waiting: TableCell[][] = [];
    const flush = async () => {
      if (waiting.length === 0) return;
      writer.write(waiting);
      rows += waiting.length;
      waiting = [];
      onRows(rows);
      await turn();
    };
    let turnAt = performance.now();
    for (const chunk of chunks()) {
      waiting.push(...chunk);
      if (waiting.length >= ROWS_AT_ONCE) await flush();
      else if (performance.now() - turnAt > TURN_EVERY_MS) await turn();
      else continue;
      turnAt = performance.now();
      if (signal.aborted) break;
    }
    await flush();
  } finally {
    writer.close();
  }
  return { path: file, rows, bytes: statSync(path).size };
}

const WRITERS: Readonly<
  Record<TableFormat, (path: string, columns: readonly TableColumn[]) => TableWriter | Promise<TableWriter>>
> = {
  csv: openCsv,
  json: openJson,
  // Loaded for who asks: few do.
  parquet: async (path, columns) => (await import('./parquet-table.ts')).openParquet(path, columns),
};

/** Nothing is an empty field. */
function openCsv(path: string, columns: readonly TableColumn[]): TableWriter {
  const file = openSync(path, 'w');
  writeSync(file, asCsv([columns.map(({ name }) => name)]));
  return {
    write: rows => void writeSync(file, asCsv(rows.map(row => row.map(cell => String(cell ?? ''))))),
    close: () => closeSync(file),
  };
}

/** One array of objects, an object a line. */
function openJson(path: string, columns: readonly TableColumn[]): TableWriter {
  const file = openSync(path, 'w');
  let isFirst = true;
  writeSync(file, '[');
  return {
    write(rows) {
      const lines = rows.map(row =>
        JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null]))),
      );
      writeSync(file, `${isFirst ? '\n' : ',\n'}${lines.join(',\n')}`);
      isFirst = false;
    },
    close() {
      writeSync(file, '\n]\n');
      closeSync(file);
    },
  };
}
