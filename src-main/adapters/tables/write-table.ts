/** Writes a table of any length into a file, chunk by chunk: CSV, JSON or Parquet. */
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { asCsv } from '../../../src-shared/comparison/text-table.ts';
import type { Table, TableCell, TableColumn, TableFormat, WrittenTable } from '../../backend/ports.ts';

interface Writer {
  write(rows: readonly (readonly TableCell[])[]): void;
  /** Finishes the file. */
  close(): void;
}

/** Rows are gathered to at least so many before they are written; of Parquet, they are a row group. */
const ROWS_AT_ONCE = 10_000;

export async function writeTable(
  directory: string,
  { name, columns, chunks }: Table,
  format: TableFormat,
  { signal, onRows }: { readonly signal: AbortSignal; readonly onRows: (rows: number) => void },
): Promise<WrittenTable> {
  mkdirSync(directory, { recursive: true });
  const file = `${name}.${format}`;
  const path = join(directory, file);
  const writer = WRITERS[format](path, columns);
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
    for (const chunk of chunks()) {
      waiting.push(...chunk);
      if (waiting.length >= ROWS_AT_ONCE) await flush();
      if (signal.aborted) break;
    }
    await flush();
  } finally {
    writer.close();
  }
  return { path: file, rows, bytes: statSync(path).size };
}

const WRITERS: Readonly<Record<TableFormat, (path: string, columns: readonly TableColumn[]) => Writer>> = {
  csv: openCsv,
  json: openJson,
  parquet: openParquet,
};

/** Nothing is an empty field. */
function openCsv(path: string, columns: readonly TableColumn[]): Writer {
  const file = openSync(path, 'w');
  writeSync(file, asCsv([columns.map(({ name }) => name)]));
  return {
    write: rows => void writeSync(file, asCsv(rows.map(row => row.map(cell => String(cell ?? ''))))),
    close: () => closeSync(file),
  };
}

/** One array of objects, an object a line. */
function openJson(path: string, columns: readonly TableColumn[]): Writer {
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

const PARQUET_TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  real: { type: 'DOUBLE' },
} as const;

/** Columns may be null; integers have 64 bits. Snappy, which every reader knows. */
function openParquet(path: string, columns: readonly TableColumn[]): Writer {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type }) => ({
        name,
        repetition_type: 'OPTIONAL' as const,
        ...PARQUET_TYPES[type],
      })),
    ],
    createdBy: 'luthier',
  });
  return {
    write: rows =>
      void writer.write({
        columnData: columns.map(({ name, type }, i) => ({
          name,
          data: rows.map(row => {
            const cell = row[i] ?? null;
            return type === 'integer' && cell !== null ? BigInt(Math.round(Number(cell))) : cell;
          }),
        })),
        rowGroupSize: rows.length,
      }),
    close: () => void writer.finish(),
  };
}
